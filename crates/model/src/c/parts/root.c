/* The square root, correctly rounded: the chip's own where it has one, else digit by digit. */
static float square_root(float number) {
#if defined(__GNUC__) && defined(__ARM_FP) && (__ARM_FP & 4)
    float result;
    __asm__("vsqrt.f32 %0, %1" : "=t"(result) : "t"(number));
    return result;
#else
    uint32_t bits = bits_of(number);
    uint32_t rest, root = 0, doubled = 0, digit;
    int32_t exponent = (int32_t)(bits >> 23);
    if (bits == 0 || bits == 0x80000000u || bits == 0x7f800000u) {
        return number;
    }
    if (bits > 0x7f800000u) {
        return not_a_number(); /* it already is not one, or it is below 0 */
    }
    rest = bits & 0x007fffffu;
    if (exponent == 0) {
        for (exponent = 1; rest < 0x00800000u; exponent--) {
            rest <<= 1;
        }
    } else {
        rest |= 0x00800000u;
    }
    /* Half of the exponent, of an even one: what is odd goes to the digits. */
    rest <<= exponent % 2 == 0 ? 2 : 1;
    exponent = (exponent + 127) / 2;
    for (digit = 0x01000000u; digit != 0; digit >>= 1) {
        if (doubled + digit <= rest) {
            doubled += digit;
            rest -= doubled;
            doubled += digit;
            root += digit;
        }
        rest <<= 1;
    }
    /* One digit more than fits was found: it rounds, and never lies in the middle. */
    return number_of((root + (root & 1)) / 2 + ((uint32_t)(exponent - 1) << 23));
#endif
}

