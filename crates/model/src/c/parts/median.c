/* ---- Medians ---- */

/* Numbers are compared as integers that order alike, which is quick without a float unit too. */
static int32_t key_of(float number) {
    const uint32_t bits = bits_of(number);
    return (int32_t)(bits ^ ((0u - (bits >> 31)) >> 1));
}

static float number_of_key(int32_t key) {
    return number_of((uint32_t)(key < 0 ? key ^ 0x7fffffff : key));
}

static int32_t middle_of(int32_t a, int32_t b, int32_t c) {
    int32_t low = a < b ? a : b;
    int32_t high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* The median of numbers of which these are the keys, and so many smaller ones stand nowhere: the key
 * of rank WINDOW / 2 of all is among them. Quickselect (Hoare 1961). */
static float median_among(int32_t *keys, int32_t *high, size_t smaller) {
    int32_t *const wanted = keys + (WINDOW / 2 - smaller);
    int32_t *low = keys, *i, *j;
//{ even
    int32_t below;
//}
    while (high - low > 1) {
        const int32_t pivot = middle_of(low[0], *wanted, high[-1]);
        i = low;
        j = high;
        for (;;) {
            int32_t left, right;
            while ((left = *i) < pivot) {
                i++;
            }
            do {
                right = *--j;
            } while (right > pivot);
            if (i >= j) {
                break;
            }
            *i++ = right;
            *j = left;
        }
        if (wanted < i) {
            high = i;
            continue;
        }
//{ even
        if (wanted > low) {
            keys = low; /* nothing before these is larger than they are */
        }
//}
        if (wanted > j) {
            low = j + 1;
        } else {
            low = wanted; /* where they met stands the pivot, and so it is at its place */
            high = wanted + 1;
        }
    }
//{ even
    below = *keys;
    while (++keys < wanted) {
        below = *keys > below ? *keys : below;
    }
    return (number_of_key(below) + number_of_key(*wanted)) * 0.5f;
//}
//{ odd
    return number_of_key(*wanted);
//}
}

/* Keeps a key that is not outside of what is looked at, and counts those below that. */
#define KEEP(key)                                                                   \
    {                                                                               \
        const int32_t one = (key);                                                  \
        const uint32_t above_first = (uint32_t)(one >> 1) - (uint32_t)(first >> 1); \
        smaller += above_first >> 31;                                               \
        if (above_first <= wide) {                                                  \
            *next++ = one;                                                          \
        }                                                                           \
    }

/* Of a number without its sign, the bits are the key. */
#define DEVIATION(reading) (int32_t)(bits_of((reading) - from) & 0x7fffffffu)

/* The median of the readings or, with a center, of their deviations from it. It is looked for from one
 * key to another; where it is not there, as far as there are numbers. */
static float median(const float *readings, const float *center, int32_t first, int32_t last, int32_t *keys) {
    const float *const end = readings + (WINDOW - WINDOW % 2), *reading;
    for (;;) {
        /* Halves of keys, the difference of which no overflow reaches. */
        const uint32_t wide = (uint32_t)((last >> 1) - (first >> 1));
        uint32_t smaller = 0;
        int32_t *next = keys;
        if (center) {
            const float from = *center;
            for (reading = readings; reading != end; reading += 2) {
                KEEP(DEVIATION(reading[0]))
                KEEP(DEVIATION(reading[1]))
            }
//{ odd
            KEEP(DEVIATION(*end))
//}
        } else {
            for (reading = readings; reading != end; reading += 2) {
                KEEP(key_of(reading[0]))
                KEEP(key_of(reading[1]))
            }
//{ odd
            KEEP(key_of(*end))
//}
        }
        if ((WINDOW - 1) / 2 < smaller) {
            first = -0x7fffffff - 1;
        } else if (WINDOW / 2 >= smaller + (size_t)(next - keys)) {
            last = 0x7fffffff;
        } else {
            return median_among(keys, next, smaller);
        }
    }
}

/* The magnitude of a number: an instruction where the compiler knows it. */
#if defined(__GNUC__)
#define MAGNITUDE(number) __builtin_fabsf(number)
#else
#define MAGNITUDE(number) number_of(bits_of(number) & 0x7fffffffu)
#endif

#if defined(__SOFTFP__) || (defined(__riscv) && !defined(__riscv_flen))
#define WITHOUT_FLOAT_UNIT
#define LEAST(spread) 0
#else
#define LEAST(spread) (int32_t)bits_of(0.5625f * (spread))
#endif

/* 1.4826 times the median absolute deviation from the median; not a number where a reading is none.
 *
 * Mean and mean deviation say about where both medians are. Without a float unit it is quicker not to
 * ask. */
static float mad(const float *readings, int32_t *keys) {
    float about = 0.0f, spread = 0.0f, center;
#if defined(WITHOUT_FLOAT_UNIT)
    spread = number_of(0x7f800000u);
#else
    float total = 0.0f;
    size_t at;
    for (at = 0; at < WINDOW; at += WINDOW / 16 + 1) {
        about += readings[at];
    }
    about /= (float)((WINDOW + WINDOW / 16) / (WINDOW / 16 + 1));
    for (at = 0; at < WINDOW - WINDOW % 2; at += 2) {
        const float one = readings[at] - about, other = readings[at + 1] - about;
        total += one;
        spread += MAGNITUDE(one);
        total += other;
        spread += MAGNITUDE(other);
    }
//{ odd
    spread += MAGNITUDE(readings[WINDOW - 1] - about);
//}
    about += total / (float)WINDOW;
    spread /= (float)WINDOW;
#endif
    if (!(spread < 3e38f)) {
        if (!all_finite(readings)) {
            return not_a_number();
        }
        about = 0.0f;
        spread = 3e38f;
    }
    center = median(readings, 0, key_of(about - 0.4375f * spread), key_of(about + 0.4375f * spread), keys);
    return 1.4826f * median(readings, &center, LEAST(spread), (int32_t)bits_of(1.125f * spread), keys);
}

