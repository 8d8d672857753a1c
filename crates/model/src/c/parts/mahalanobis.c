//{ whole
/* The squared Mahalanobis distance from the mean, its covariance given as a whitening triangle. */
static float distance(const float *features, const float *mean, const float *whitening) {
    float deviations[FEATURES], total = 0.0f;
    size_t row, column;
    for (row = 0; row < FEATURES; row++) {
        float y = 0.0f;
        deviations[row] = features[row] - mean[row];
        for (column = 0; column <= row; column++) {
            y += *whitening++ * deviations[column];
        }
        total += y * y;
    }
    return total;
}

//}
//{ blocks
/* The squared Mahalanobis distance from the mean, its covariance given as the whitening triangles of
 * blocks of features. */
static float distance(const float *features, const float *mean, const float *whitening) {
    float deviations[FEATURES], total = 0.0f;
    size_t block, first = 0, row = 0, column;
    for (block = 0; block < BLOCKS; block++) {
        const size_t behind = first + BLOCK[block];
        for (; row < behind; row++) {
            float y = 0.0f;
            deviations[row] = features[row] - mean[row];
            for (column = first; column <= row; column++) {
                y += *whitening++ * deviations[column];
            }
            total += y * y;
        }
        first = behind;
    }
    return total;
}

//}
//{ mahalanobis
static float detect(const float *features) {
    return distance(features, MEAN, WHITENING);
}

//}
//{ mixture
/* The distance to the nearest of the normal states. */
static float detect(const float *features) {
    float least = number_of(0x7f800000u);
    size_t state;
    for (state = 0; state < STATES; state++) {
        const float one = distance(features, MEAN[state], WHITENING[state]);
        least = one < least ? one : least;
    }
    return least;
}

//}
