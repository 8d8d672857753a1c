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
/* The place of a pair before the transform: its number with the bits reversed. */
static size_t place(size_t at) {
    size_t reversed = 0, bit;
    for (bit = 1; bit < PAIRS; bit *= 2) {
        reversed = 2 * reversed + at % 2;
        at /= 2;
    }
    return reversed;
}

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

/* The Fourier transform of the pairs as complex numbers (Cooley and Tukey 1965). */
static void transform(float pairs[PAIRS][2]) {
    size_t half, at, block;
    for (half = 1; half < PAIRS; half *= 2) {
        for (at = 0; at < half; at++) {
            float cosine, sine;
            turn(at * (PAIRS / half), &cosine, &sine);
            for (block = at; block < PAIRS; block += 2 * half) {
                float *low = pairs[block], *high = pairs[block + half];
                const float re = cosine * high[0] + sine * high[1];
                const float im = cosine * high[1] - sine * high[0];
                high[0] = low[0] - re;
                high[1] = low[1] - im;
                low[0] += re;
                low[1] += im;
            }
        }
    }
}

static float tapered(const float *readings, size_t at, float center) {
    return (readings[at] - center) * TAPER[at < SEGMENT - at ? at : SEGMENT - at];
}

/* Adds the power of each line from 1 to half the sample rate. */
static void add_segment(const float *readings, @name@_spectrum *spectrum) {
    const float center = mean_of(readings, SEGMENT);
    size_t at;
//{ padded
    for (at = 0; at < PAIRS; at++) {
        spectrum->pairs[at][0] = spectrum->pairs[at][1] = 0.0f;
    }
//}
    for (at = 0; at < SEGMENT / 2; at++) {
        float *pair = spectrum->pairs[place(at)];
        pair[0] = tapered(readings, 2 * at, center);
        pair[1] = tapered(readings, 2 * at + 1, center);
    }
//{ odd-segment
    spectrum->pairs[place(at)][0] = tapered(readings, 2 * at, center);
//}
    transform(spectrum->pairs);
    /* The transforms of the readings of even number and of odd, from that of both as one. */
    for (at = 1; at <= PAIRS; at++) {
        const float *forward = spectrum->pairs[at % PAIRS], *backward = spectrum->pairs[PAIRS - at];
        const float even_re = 0.5f * (forward[0] + backward[0]);
        const float even_im = 0.5f * (forward[1] - backward[1]);
        const float odd_re = 0.5f * (forward[1] + backward[1]);
        const float odd_im = 0.5f * (backward[0] - forward[0]);
        float cosine, sine, re, im, power;
        turn(at, &cosine, &sine);
        re = even_re + (cosine * odd_re + sine * odd_im);
        im = even_im + (cosine * odd_im - sine * odd_re);
        power = re * re + im * im;
        /* Half the sample rate is a line of its own: it has none of negative frequency. */
        power = at == PAIRS ? power * 0.5f : power;
        spectrum->power[at - 1] += power;
//{ shared
        spectrum->total[at - 1] += power;
//}
    }
}

static void clear(float *power) {
    size_t at;
    for (at = 0; at < PAIRS; at++) {
        power[at] = 0.0f;
    }
}

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
//{ apart
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

