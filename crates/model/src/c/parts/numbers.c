/* ---- Numbers ---- */

/* Compilers for chips document that a union is read as what was written into it last. */
typedef union {
    float number;
    uint32_t bits;
} number_or_bits;

static uint32_t bits_of(float number) {
    number_or_bits both;
    both.number = number;
    return both.bits;
}

//{ from-bits
static float number_of(uint32_t bits) {
    number_or_bits both;
    both.bits = bits;
    return both.number;
}

//}
static int is_finite(float number) {
    return (bits_of(number) & 0x7fffffffu) < 0x7f800000u;
}

//{ nan
static float not_a_number(void) {
    return number_of(0x7fc00000u);
}

//}
//{ magnitude
static float magnitude(float number) {
    return number < 0.0f ? -number : number;
}

//}
//{ representable
/* A sum of squares, or not a number where it over- or underflowed: nothing is computed from it then. */
static float representable(float squares) {
    return squares >= 9.8607613e-32f && is_finite(squares) ? squares : not_a_number();
}

//}
static int all_finite(const float *readings) {
    size_t at = 0;
    while (at < WINDOW && is_finite(readings[at])) {
        at++;
    }
    return at == WINDOW;
}

