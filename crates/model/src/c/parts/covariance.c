/* ---- How axes vary ---- */

//{ both-views
/* What is looked at: the readings, or the difference of each from the one before it. */
typedef enum { READINGS, DIFFERENCES } view;

static size_t count_of(view of) {
    return of == READINGS ? WINDOW : WINDOW - 1;
}

//{ cross-sum
static float value(const float *readings, size_t at, view of) {
    return of == READINGS ? readings[at] : readings[at + 1] - readings[at];
}

//}

static float view_mean(const float *readings, view of) {
    if (of == READINGS) {
        return mean_of(readings, WINDOW);
    }
    return (readings[WINDOW - 1] - readings[0]) / (float)(WINDOW - 1);
}

//}
//{ readings-alone
//{ cross-sum
static float value(const float *readings, size_t at) {
    return readings[at];
}

//}
static float view_mean(const float *readings) {
    return mean_of(readings, WINDOW);
}

//}
//{ differences-alone
/* What is looked at: the difference of each reading from the one before it. */
//{ cross-sum
static float value(const float *readings, size_t at) {
    return readings[at + 1] - readings[at];
}

//}
static float view_mean(const float *readings) {
    return (readings[WINDOW - 1] - readings[0]) / (float)(WINDOW - 1);
}

//}
//{ cross-sum
/* The sum of the products of the deviations of two axes from their means, in four running sums. */
static float cross_sum(const float *x, float x_mean, const float *y, float y_mean@view@) {
    float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f}, total;
    const size_t count = @count@;
    size_t at, lane;
    for (at = 0; at < count - count % 4; at += 4) {
        for (lane = 0; lane < 4; lane++) {
            sums[lane] += (value(x, at + lane@of@) - x_mean) * (value(y, at + lane@of@) - y_mean);
        }
    }
    total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (at = count - count % 4; at < count; at++) {
        total += (value(x, at@of@) - x_mean) * (value(y, at@of@) - y_mean);
    }
    return total;
}

//}
@PRODUCTS@
