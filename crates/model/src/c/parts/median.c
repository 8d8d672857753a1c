/* ---- Medians ---- */

/* Numbers are compared as integers that order alike, which is quick without a float unit too. */
static int32_t key_of(float number) {
    int32_t bits = (int32_t)bits_of(number);
    return bits < 0 ? bits ^ 0x7fffffff : bits;
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
 *
 * Quickselect (Hoare 1961). Where its pivots are bad again and again, the rest is sorted by Shell's
 * method, so that no readings take long. */
static void select_middle(int32_t *keys) {
    int32_t *low = keys, *high = keys + WINDOW;
    int32_t *const wanted = keys + WINDOW / 2;
    size_t passes, step;
    for (passes = 16; passes > 0 && high - low > 12; passes--) {
        const size_t eighth = (size_t)(high - low) / 8;
        const int32_t *at = low + eighth / 2;
        int32_t pivot = middle_of(middle_of(at[0], at[eighth], at[2 * eighth]),
                                  middle_of(at[3 * eighth], *wanted, at[5 * eighth]),
                                  middle_of(at[4 * eighth], at[6 * eighth], at[7 * eighth]));
        int32_t *i = low, *j = high;
        for (;;) {
            int32_t moved;
            while (*i < pivot) {
                i++;
            }
            do {
                j--;
            } while (*j > pivot);
            if (i >= j) {
                break;
            }
            moved = *i;
            *i++ = *j;
            *j = moved;
        }
        if (wanted < i) {
            high = i;
        } else {
            /* Where they met stands the pivot, and so it is at its place. */
            low = i == j ? i + 1 : i;
            if (wanted < low) {
                return;
            }
        }
    }
    for (step = high - low > 12 ? 40 : 1; step > 0; step /= 3) {
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
}

/* The median of the numbers of the keys; their order is lost. */
static float median(int32_t *keys) {
//{ even
    size_t at;
    int32_t below;
    select_middle(keys);
    below = keys[0];
    for (at = 1; at < WINDOW / 2; at++) {
        below = keys[at] > below ? keys[at] : below;
    }
    return (number_of_key(below) + number_of_key(keys[WINDOW / 2])) * 0.5f;
//}
//{ odd
    select_middle(keys);
    return number_of_key(keys[WINDOW / 2]);
//}
}

/* 1.4826 times the median absolute deviation from the median. */
static float mad(const float *readings, int32_t *keys) {
    size_t at;
    float center;
    for (at = 0; at < WINDOW; at++) {
        keys[at] = key_of(readings[at]);
    }
    center = median(keys);
    for (at = 0; at < WINDOW; at++) {
        /* Of a number without its sign, the bits are the key. */
        keys[at] = (int32_t)(bits_of(readings[at] - center) & 0x7fffffffu);
    }
    return 1.4826f * median(keys);
}

