/* ---- Sums over readings ---- */

/* Four running sums, taken in turn and added pairwise at the end: the order is part of the result. */
//{ sum
static float sum(const float *values, size_t count) {
    float a = 0.0f, b = 0.0f, c = 0.0f, d = 0.0f, total;
    size_t at;
    for (at = 0; at < count - count % 4; at += 4) {
        a += values[at];
        b += values[at + 1];
        c += values[at + 2];
        d += values[at + 3];
    }
    total = (a + b) + (c + d);
    for (at = count - count % 4; at < count; at++) {
        total += values[at];
    }
    return total;
}

//}
//{ mean
static float mean_of(const float *values, size_t count) {
    return sum(values, count) / (float)count;
}

//}
//{ deviation-sum
/* The sum of the deviations from a center. */
static float sum_from(const float *values, size_t count, float center) {
    float a = 0.0f, b = 0.0f, c = 0.0f, d = 0.0f, total;
    size_t at;
    for (at = 0; at < count - count % 4; at += 4) {
        a += values[at] - center;
        b += values[at + 1] - center;
        c += values[at + 2] - center;
        d += values[at + 3] - center;
    }
    total = (a + b) + (c + d);
    for (at = count - count % 4; at < count; at++) {
        total += values[at] - center;
    }
    return total;
}

//}
//{ deviation-sum
/* The sum of the squares of the deviations from a center. */
static float squares_from(const float *values, size_t count, float center) {
    float a = 0.0f, b = 0.0f, c = 0.0f, d = 0.0f, total;
    size_t at;
    for (at = 0; at < count - count % 4; at += 4) {
        a += (values[at] - center) * (values[at] - center);
        b += (values[at + 1] - center) * (values[at + 1] - center);
        c += (values[at + 2] - center) * (values[at + 2] - center);
        d += (values[at + 3] - center) * (values[at + 3] - center);
    }
    total = (a + b) + (c + d);
    for (at = count - count % 4; at < count; at++) {
        total += (values[at] - center) * (values[at] - center);
    }
    return total;
}

//}
//{ moment
/* A power of a deviation, or its magnitude. */
static float power_of(float deviation, int power) {
    const float square = deviation * deviation;
    switch (power) {
//{ moment-1
    case 1:
        return magnitude(deviation);
//}
//{ moment-3
    case 3:
        return square * deviation;
//}
//{ moment-4
    case 4:
        return square * square;
//}
    default:
        return square;
    }
}

/* The mean of a power of the deviations from a center. */
static float moment(const float *readings, float center, int power) {
    float a = 0.0f, b = 0.0f, c = 0.0f, d = 0.0f, total;
    size_t at;
    for (at = 0; at < WINDOW - WINDOW % 4; at += 4) {
        a += power_of(readings[at] - center, power);
        b += power_of(readings[at + 1] - center, power);
        c += power_of(readings[at + 2] - center, power);
        d += power_of(readings[at + 3] - center, power);
    }
    total = (a + b) + (c + d);
    for (at = WINDOW - WINDOW % 4; at < WINDOW; at++) {
        total += power_of(readings[at] - center, power);
    }
    return total / (float)WINDOW;
}

//}
//{ variance
static float variance_about(const float *readings, float mean) {
    return representable(moment(readings, mean, 2));
}

//}
//{ deviation
static float standard_deviation(const float *readings) {
    return square_root(variance_about(readings, mean_of(readings, WINDOW)));
}

//}
