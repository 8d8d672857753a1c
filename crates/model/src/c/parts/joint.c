/* ---- Features of several axes together ---- */

//{ correlation
/* Of each pair of axes, kept within -1 and 1. */
static float *correlations(const float *window, float *out@view@) {
    size_t i, j;
    for (i = 0; i < AXES; i++) {
        for (j = i + 1; j < AXES; j++) {
            const float *x = window + i * WINDOW, *y = window + j * WINDOW;
            const float x_mean = view_mean(x@of@), y_mean = view_mean(y@of@);
            const float xx = representable(cross_sum(x, x_mean, x, x_mean@of@));
            const float yy = representable(cross_sum(y, y_mean, y, y_mean@of@));
            const float r = cross_sum(x, x_mean, y, y_mean@of@) / (square_root(xx) * square_root(yy));
            *out++ = r > 1.0f ? 1.0f : r < -1.0f ? -1.0f : r;
        }
    }
    return out;
}

//}
//{ covariance
/* The covariance of the axes over their mean variance, which is returned; not a finite number where
 * it cannot be represented. */
static float covariance(const float *window, float relative[AXES][AXES]@view@) {
    float means[AXES], mean = 0.0f;
    size_t i, j;
    for (i = 0; i < AXES; i++) {
        means[i] = view_mean(window + i * WINDOW@of@);
    }
@SUM_PRODUCTS@
    for (i = 0; i < AXES; i++) {
        for (j = i; j < AXES; j++) {
            relative[i][j] /= (float)@count@;
        }
        mean += representable(relative[i][i]) / (float)AXES;
    }
    for (i = 0; i < AXES; i++) {
        for (j = i; j < AXES; j++) {
            relative[i][j] /= mean;
            relative[j][i] = relative[i][j];
        }
    }
    return mean;
}

/* The logarithm of a share of the mean variance, of which less than a millionth counts as that. */
static float log_share(float share) {
    return natural_logarithm(share < 1e-06f ? 1e-06f : share);
}

//}
//{ eigen
static void turn_pair(float *x, float *y, float c, float s) {
    const float turned = c * *x - s * *y;
    *y = s * *x + c * *y;
    *x = turned;
}

/* Turns axes p and q so that nothing is left between them (Jacobi 1846, Rutishauser 1966); says
 * whether there was something to turn. */
static int rotate(float a[AXES][AXES], @vectors@size_t p, size_t q) {
    const float pp = a[p][p], qq = a[q][q], pq = a[p][q];
    const float diagonal = magnitude(pp) + magnitude(qq) + 1e-06f;
    const int negligible = diagonal + magnitude(pq) == diagonal;
    float t = 0.0f;
    if (!negligible) {
        const float theta = (qq - pp) / (pq + pq);
        const float root = square_root(theta * theta + 1.0f);
        float c, s;
        size_t at;
        t = theta < 0.0f ? -1.0f / (root - theta) : 1.0f / (root + theta);
        c = 1.0f / square_root(t * t + 1.0f);
        s = t * c;
        for (at = 0; at < AXES; at++) {
            turn_pair(&a[at][p], &a[at][q], c, s);
//{ log-cov
            turn_pair(&vectors[at][p], &vectors[at][q], c, s);
//}
        }
        for (at = 0; at < AXES; at++) {
            turn_pair(&a[p][at], &a[q][at], c, s);
        }
    }
    a[p][p] = pp - t * pq;
    a[q][q] = qq + t * pq;
    a[p][q] = a[q][p] = 0.0f;
    return !negligible;
}

/* Leaves the eigenvalues in the diagonal@vectors_doc@. */
static void diagonalise(float a[AXES][AXES]@vectors_last@) {
    int rounds, turned = 1;
    size_t p, q;
    for (rounds = 0; rounds < 10 && turned; rounds++) {
        turned = 0;
        for (p = 0; p < AXES; p++) {
            for (q = p + 1; q < AXES; q++) {
                turned |= rotate(a, @vectors_arg@p, q);
            }
        }
    }
}

//}
//{ log-cov
/* The logarithm of the covariance: xx, xy, xz, yy, ..., those beside the diagonal times the root of 2. */
static float *log_covariance(const float *window, float *out@view@) {
    float a[AXES][AXES], vectors[AXES][AXES], shift;
    size_t i, j, k;
    shift = natural_logarithm(covariance(window, a@of@));
    for (i = 0; i < AXES; i++) {
        for (j = 0; j < AXES; j++) {
            vectors[i][j] = i == j ? 1.0f : 0.0f;
        }
    }
    diagonalise(a, vectors);
    for (i = 0; i < AXES; i++) {
        a[i][i] = log_share(a[i][i]);
    }
    for (i = 0; i < AXES; i++) {
        for (j = i; j < AXES; j++) {
            float element = 0.0f;
            for (k = 0; k < AXES; k++) {
                element += vectors[i][k] * a[k][k] * vectors[j][k];
            }
            *out++ = i == j ? element + shift : element * 1.4142135f;
        }
    }
    return out;
}

//}
//{ log-eigen
/* The logarithms of the eigenvalues of the covariance, the largest first. */
static float *log_eigenvalues(const float *window, float *out@view@) {
    float a[AXES][AXES@vectors_local@], shift;
    size_t i, j;
    shift = natural_logarithm(covariance(window, a@of@));
    diagonalise(a@vectors_use@);
    for (i = 0; i < AXES; i++) {
        const float one = log_share(a[i][i]);
        for (j = i; j > 0 && out[j - 1] < one; j--) {
            out[j] = out[j - 1];
        }
        out[j] = one;
    }
    for (i = 0; i < AXES; i++) {
        out[i] += shift;
    }
    return out + AXES;
}

//}
//{ level
/* The logarithm of the standard deviation along the mean reading, which is gravity@across_doc@. */
static float *level(const float *window, float *out@view@) {
    float a[AXES][AXES], direction[AXES], largest = 0.0f, square = 0.0f, along = 0.0f, shift;
    size_t i, j;
//{ across
    float trace = 0.0f;
//}
    for (i = 0; i < AXES; i++) {
        direction[i] = mean_of(window + i * WINDOW, WINDOW);
        largest = magnitude(direction[i]) > largest ? magnitude(direction[i]) : largest;
    }
    for (i = 0; i < AXES; i++) {
        direction[i] /= largest;
        square += direction[i] * direction[i];
    }
    for (i = 0; i < AXES; i++) {
        direction[i] /= square_root(square);
    }
    shift = natural_logarithm(covariance(window, a@of@));
    for (i = 0; i < AXES; i++) {
        for (j = 0; j < AXES; j++) {
            along += direction[i] * a[i][j] * direction[j];
        }
//{ across
        trace += a[i][i];
//}
    }
    *out++ = (log_share(along) + shift) * 0.5f;
//{ across
    *out++ = (log_share((trace - along) / (float)(AXES - 1)) + shift) * 0.5f;
//}
    return out;
}

//}
