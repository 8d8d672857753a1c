/* ---- Features of one axis ---- */

//{ log-mad
/* The logarithm of mad; where that is 0, of what the mean absolute deviation says of the same spread. */
static float log_mad(const float *readings, int32_t *keys) {
    const float spread = mad(readings, keys);
    if (spread > 0.0f) {
        return natural_logarithm(spread);
    }
    return natural_logarithm(1.253314f * moment(readings, mean_of(readings, WINDOW), 1));
}

//}
//{ rms
static float root_mean_square(const float *readings) {
    return square_root(variance_about(readings, 0.0f));
}

//}
//{ variance-feature
static float variance(const float *readings) {
    return variance_about(readings, mean_of(readings, WINDOW));
}

//}
//{ kurtosis
static float kurtosis(const float *readings) {
    const float mean = mean_of(readings, WINDOW);
    const float variance = variance_about(readings, mean);
    return moment(readings, mean, 4) / representable(variance * variance) - 3.0f;
}

//}
//{ skewness
static float skewness(const float *readings) {
    const float mean = mean_of(readings, WINDOW);
    const float variance = variance_about(readings, mean);
    return moment(readings, mean, 3) / representable(variance * square_root(variance));
}

//}
//{ range
static void range(const float *readings, float *low, float *high) {
    size_t at;
    *low = *high = readings[0];
    for (at = 1; at < WINDOW; at++) {
        *low = readings[at] < *low ? readings[at] : *low;
        *high = readings[at] > *high ? readings[at] : *high;
    }
}

//}
//{ crest
static float crest(const float *readings) {
    const float mean = mean_of(readings, WINDOW);
    float low, high;
    range(readings, &low, &high);
    return (high - mean > mean - low ? high - mean : mean - low) / standard_deviation(readings);
}

//}
//{ peak-to-peak
static float peak_to_peak(const float *readings) {
    float low, high;
    range(readings, &low, &high);
    return high - low;
}

//}
//{ log-std
static float log_deviation(const float *readings) {
    return natural_logarithm(standard_deviation(readings));
}

//}
//{ diff-deviation
static float difference_deviation(const float *readings) {
    const float mean = view_mean(readings@DIFFERENCES@);
    return square_root(representable(cross_sum(readings, mean, readings, mean@DIFFERENCES@) / (float)(WINDOW - 1)));
}

//}
//{ diff-log-std
static float log_difference_deviation(const float *readings) {
    return natural_logarithm(difference_deviation(readings));
}

//}
