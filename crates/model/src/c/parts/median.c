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

/* Moves the key of rank WINDOW / 2 to its place: none before it is larger, none behind it smaller.
 * Returns from where on the keys before it are that are nearest; its place, where none are known.
 *
 * Quickselect (Hoare 1961). Where its pivots are bad again and again, the rest is sorted by Shell's
 * method, so that no readings take long. */
static const int32_t *select_middle(int32_t *keys) {
    int32_t *low = keys, *high = keys + WINDOW, *i, *j;
    int32_t *const wanted = keys + WINDOW / 2;
    size_t passes, step;
    for (passes = 16; passes > 0 && high - low > 6; passes--) {
        int32_t pivot = middle_of(low[0], *wanted, high[-1]);
        if (high - low > 40) {
            const size_t sixth = (size_t)(high - low) / 6;
            pivot = middle_of(pivot, middle_of(low[sixth], low[2 * sixth], low[3 * sixth]),
                              middle_of(low[4 * sixth], low[5 * sixth], high[-2]));
        }
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
        if (i == j && wanted == i) {
            return low; /* where they met stands the pivot, and so it is at its place */
        }
        if (wanted < i) {
            high = i;
        } else {
            low = i == j ? i + 1 : i;
        }
    }
    for (step = high - low > 6 ? 40 : 1; step > 0; step /= 3) {
        int32_t *next;
        for (next = low + step; next < high; next++) {
            const int32_t key = *next;
            int32_t *gap = next;
            while ((size_t)(gap - low) >= step && *(gap - step) > key) {
                *gap = *(gap - step);
                gap -= step;
            }
            *gap = key;
        }
    }
    return wanted > low ? wanted - 1 : wanted;
}

/* The median of the numbers of the keys; their order is lost. */
static float median(int32_t *keys) {
//{ even
    const int32_t *const middle = keys + WINDOW / 2, *nearest = select_middle(keys);
    int32_t below;
    if (nearest == middle) {
        nearest = keys;
    }
    below = *nearest++;
    for (; nearest < middle; nearest++) {
        below = *nearest > below ? *nearest : below;
    }
    return (number_of_key(below) + number_of_key(*middle)) * 0.5f;
//}
//{ odd
    (void)select_middle(keys);
    return number_of_key(keys[WINDOW / 2]);
//}
}

/* 1.4826 times the median absolute deviation from the median; not a number where a reading is none. */
static float mad(const float *readings, int32_t *keys) {
    const float *const end = readings + WINDOW, *reading;
    int32_t *key = keys;
    uint32_t strange = 0;
    float center;
    for (reading = readings; reading != end; reading++) {
        *key++ = key_of(*reading);
    }
    center = median(keys);
    key = keys;
    for (reading = readings; reading != end; reading++) {
        /* Of a number without its sign, the bits are the key; an exponent of ones carries. */
        const uint32_t bits = bits_of(*reading - center) & 0x7fffffffu;
        *key++ = (int32_t)bits;
        strange |= bits + 0x00800000u;
    }
    if (strange >= 0x80000000u && !all_finite(readings)) {
        return not_a_number();
    }
    return 1.4826f * median(keys);
}

