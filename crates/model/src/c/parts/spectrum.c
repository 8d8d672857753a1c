/* ---- The power spectrum ---- */

/* The mean over @segments@ (Welch 1967), each of @segment@ readings,
 * tapered and transformed as @lines@ numbers. */
#define SEGMENT @segment@
//{ segments
#define SEGMENTS @segment_count@
//}
#define PAIRS @pairs@

/* The sine from 0 to a quarter of a turn. */
@SINES@
/* The first half of the Hann window, times the factor that makes the powers sum to the variance. */
@TAPER@
/* Where a group of four pairs stands before the transform: its number with the bits reversed. */
@PLACES@
/* Cosine and sine of so many steps, of which PAIRS are half a turn. */
static void turn(size_t steps, float *cosine, float *sine) {
    if (steps <= PAIRS / 2) {
        *cosine = SINES[PAIRS / 2 - steps];
        *sine = SINES[steps];
    } else {
        *cosine = -SINES[steps - PAIRS / 2];
        *sine = SINES[PAIRS - steps];
    }
}

/* The first two stages of the transform, which multiply by nothing: of four pairs, as they stand. */
static void meet(float *first, float *second, float *third, float *fourth) {
    const float a = first[0] + second[0], b = first[1] + second[1];
    const float c = first[0] - second[0], d = first[1] - second[1];
    const float e = third[0] + fourth[0], f = third[1] + fourth[1];
    const float g = third[0] - fourth[0], h = third[1] - fourth[1];
    first[0] = a + e;
    first[1] = b + f;
    second[0] = c + h;
    second[1] = d - g;
    third[0] = a - e;
    third[1] = b - f;
    fourth[0] = c - h;
    fourth[1] = d + g;
}

/* Two further stages, in which pairs meet that are so many apart, and twice as many: what one leaves is
 * not stored before the other. */
static void two_stages(float pairs[PAIRS][2], size_t half) {
    const size_t step = PAIRS / 2 / half;
    size_t at, block;
    for (block = 0; block < PAIRS; block += 4 * half) {
        float *const start = pairs[block];
        meet(start, start + 2 * half, start + 4 * half, start + 6 * half);
    }
    for (at = 1; at < half; at++) {
        float c1, s1, c2, s2;
        turn(2 * at * step, &c1, &s1);
        turn(at * step, &c2, &s2);
        for (block = at; block < PAIRS; block += 4 * half) {
            float *const first = pairs[block], *const second = first + 2 * half;
            float *const third = second + 2 * half, *const fourth = third + 2 * half;
            float a = second[0], b = second[1], c = fourth[0], d = fourth[1], e, f, g, h;
            e = c1 * a + s1 * b;
            f = c1 * b - s1 * a;
            g = c1 * c + s1 * d;
            h = c1 * d - s1 * c;
            a = first[0];
            b = first[1];
            c = a - e;
            d = b - f;
            a += e;
            b += f;
            e = third[0] + g;
            f = third[1] + h;
            g = third[0] - g;
            h = third[1] - h;
            first[0] = a + (c2 * e + s2 * f);
            first[1] = b + (c2 * f - s2 * e);
            third[0] = a - (c2 * e + s2 * f);
            third[1] = b - (c2 * f - s2 * e);
            /* A quarter of a turn further, which is by -i. */
            second[0] = c + (c2 * h - s2 * g);
            second[1] = d - (c2 * g + s2 * h);
            fourth[0] = c - (c2 * h - s2 * g);
            fourth[1] = d + (c2 * g + s2 * h);
        }
    }
}

//{ last-stage
/* The last stage, where their number is odd. */
static void last_stage(float pairs[PAIRS][2]) {
    size_t at;
    for (at = 0; at < PAIRS / 2; at++) {
        float cosine, sine, *low = pairs[at], *high = pairs[at + PAIRS / 2], re, im;
        turn(2 * at, &cosine, &sine);
        re = cosine * high[0] + sine * high[1];
        im = cosine * high[1] - sine * high[0];
        high[0] = low[0] - re;
        high[1] = low[1] - im;
        low[0] += re;
        low[1] += im;
    }
}

//}
//{ padded
/* A reading without the mean, tapered; 0 behind the last. */
static float tapered(const float *readings, size_t at, float center) {
    return at < SEGMENT ? (readings[at] - center) * TAPER[at < SEGMENT - at ? at : SEGMENT - at] : 0.0f;
}

//}
/* The readings of a segment without their mean, tapered, as pairs, of which those that are a quarter
 * apart have met. */
static void begin(const float *readings, float pairs[PAIRS][2]) {
    const float center = mean_of(readings, SEGMENT);
    size_t at;
    for (at = 0; at < PAIRS / 4; at++) {
        float *const group = pairs[PLACES[at]];
//{ unpadded
        const float *const x = readings + 2 * at, *const y = x + PAIRS;
        const float *const up = TAPER + 2 * at, *const down = TAPER + PAIRS - 2 * at;
        group[0] = (x[0] - center) * up[0];
        group[1] = (x[1] - center) * up[1];
        group[2] = (y[0] - center) * down[0];
        group[3] = (y[1] - center) * down[-1];
        group[4] = (x[PAIRS / 2] - center) * up[PAIRS / 2];
        group[5] = (x[PAIRS / 2 + 1] - center) * up[PAIRS / 2 + 1];
        group[6] = (y[PAIRS / 2] - center) * down[-PAIRS / 2];
        group[7] = (y[PAIRS / 2 + 1] - center) * down[-PAIRS / 2 - 1];
//}
//{ padded
        size_t part;
        for (part = 0; part < 8; part++) {
            /* First, third, second and fourth quarter. */
            const size_t quarter = part / 4 + part / 2 % 2 * 2;
            group[part] = tapered(readings, quarter * (PAIRS / 2) + 2 * at + part % 2, center);
        }
//}
        meet(group, group + 2, group + 4, group + 6);
    }
}

/* Adds the power of each line from 1 to half the sample rate. */
static void add_segment(const float *readings, @name@_spectrum *spectrum) {
    float power;
    size_t at;
    begin(readings, spectrum->pairs);
    two_stages(spectrum->pairs, 4);
//{ four-stages
    two_stages(spectrum->pairs, 16);
//}
//{ last-stage
    last_stage(spectrum->pairs);
//}
    /* The transforms of the readings of even number and of odd, from that of both as one. A line and the
     * one that is as far below half the sample rate have the same of them but for signs, which no square
     * shows. */
    for (at = 1; at < PAIRS / 2; at++) {
        const float *forward = spectrum->pairs[at], *backward = spectrum->pairs[PAIRS - at];
        const float cosine = SINES[PAIRS / 2 - at], sine = SINES[at];
        const float even_re = 0.5f * (forward[0] + backward[0]);
        const float even_im = 0.5f * (forward[1] - backward[1]);
        const float odd_re = 0.5f * (forward[1] + backward[1]);
        const float odd_im = 0.5f * (backward[0] - forward[0]);
        const float re = cosine * odd_re + sine * odd_im;
        const float im = cosine * odd_im - sine * odd_re;
        const float near_re = even_re + re, near_im = even_im + im;
        const float far_re = even_re - re, far_im = even_im - im;
        power = near_re * near_re + near_im * near_im;
        spectrum->power[at - 1] @plus@ power;
//{ shared
        spectrum->total[at - 1] += power;
//}
        power = far_re * far_re + far_im * far_im;
        spectrum->power[PAIRS - 1 - at] @plus@ power;
//{ shared
        spectrum->total[PAIRS - 1 - at] += power;
//}
    }
    power = spectrum->pairs[at][0] * spectrum->pairs[at][0] + spectrum->pairs[at][1] * spectrum->pairs[at][1];
    spectrum->power[at - 1] @plus@ power;
//{ shared
    spectrum->total[at - 1] += power;
//}
    /* Half the sample rate is a line of its own: it has none of negative frequency. */
    power = spectrum->pairs[0][0] - spectrum->pairs[0][1];
    power = power * power * 0.5f;
    spectrum->power[PAIRS - 1] @plus@ power;
//{ shared
    spectrum->total[PAIRS - 1] += power;
//}
}

//{ summed|shared
static void clear(float *power) {
    size_t at;
    for (at = 0; at < PAIRS; at++) {
        power[at] = 0.0f;
    }
}

//}
/* Adds the spectrum of an axis. */
static void add_spectrum(const float *readings, @name@_spectrum *spectrum) {
//{ one-segment
    add_segment(readings, spectrum);
//}
//{ segments
    uint32_t at;
    for (at = 0; at < SEGMENTS; at++) {
        add_segment(readings + at * (uint32_t)(WINDOW - SEGMENT) / (SEGMENTS - 1), spectrum);
    }
//}
}

//{ bands
/* The logarithm of the energy in each band; less than a trillionth of the mean counts as that. */
static void band_energies(const float *power, const uint8_t *edges, size_t count, float *out) {
    const float mean = representable(sum(power, PAIRS)) / (float)count;
    const float shift = natural_logarithm(mean);
    size_t at;
    for (at = 0; at < count; at++) {
        const float share = sum(power + edges[at], (size_t)(edges[at + 1] - edges[at])) / mean;
        *out++ = natural_logarithm(share < 1e-12f ? 1e-12f : share) + shift;
    }
}

//}
//{ tonal
/* The logarithm of the energy of the strongest line of an axis with its neighbours, and its
 * frequency as a share of the sample rate. */
static void tonal(const float *power, float *out) {
    size_t best = 0, at;
    float most = 0.0f, below, above, energy;
    for (at = 0; at < PAIRS; at++) {
        if (power[at] > most) {
            best = at;
            most = power[at];
        }
    }
    below = best > 0 ? power[best - 1] : 0.0f;
    above = best + 1 < PAIRS ? power[best + 1] : 0.0f;
    energy = representable(below + most + above);
    out[0] = natural_logarithm(energy);
    out[1] = ((float)(best + 1) + (above - below) / energy) / (float)(2 * PAIRS);
}

//}
/* What the features have of spectra: each segment is transformed once. */
static void spectra(const float *window, @name@_spectrum *spectrum, float *features) {
    size_t axis;
//{ shared
    clear(spectrum->total);
//}
//{ only-together
    clear(spectrum->power);
//}
    for (axis = 0; axis < AXES; axis++) {
//{ each-summed
        clear(spectrum->power);
//}
        add_spectrum(window + axis * WINDOW, spectrum);
//{ apart
@SPECTRA_OF_AXIS@
//}
    }
//{ together
@SPECTRA_OF_ALL@
//}
}

