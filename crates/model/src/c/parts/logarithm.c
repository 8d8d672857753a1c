/* ---- Functions with the bits of judder's ----
 *
 * The arithmetic is that of FreeBSD's msun, by way of musl and Rust's libm, whose notices are:
 *
 * Conversion to float by Ian Lance Taylor, Cygnus Support, ian@cygnus.com.
 *
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 * Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and
 * distribute this software is freely granted, provided that this notice is preserved.
 */

//{ log
static float natural_logarithm(float x) {
    uint32_t bits = bits_of(x);
    int32_t k = 0;
    float f, s, z, w, r, half_square, dk;
    if (bits == 0x3f800000u) {
        return 0.0f;
    }
    if (bits == 0 || bits == 0x80000000u) {
        return number_of(0xff800000u); /* minus infinity */
    }
    if (bits > 0x7f800000u) {
        return not_a_number(); /* it is none, or it is below 0 */
    }
    if (bits == 0x7f800000u) {
        return x;
    }
    if (bits < 0x00800000u) {
        k = -25; /* scale up what is subnormal */
        bits = bits_of(x * 33554432.0f);
    }
    /* Reduce it to between the roots of 1/2 and 2. */
    bits += 0x3f800000u - 0x3f3504f3u;
    k += (int32_t)(bits >> 23) - 0x7f;
    bits = (bits & 0x007fffffu) + 0x3f3504f3u;
    f = number_of(bits) - 1.0f;
    s = f / (2.0f + f);
    z = s * s;
    w = z * z;
    r = z * (0.6666666f + w * 0.28498787f) + w * (0.40000972f + w * 0.24279079f);
    half_square = 0.5f * f * f;
    dk = (float)k;
    return s * (half_square + r) + dk * 9.058001e-06f - half_square + f + dk * 0.6931381f;
}

//}
//{ exp
static float exponential(float x) {
    const uint32_t bits = bits_of(x) & 0x7fffffffu;
    const int negative = x < 0.0f;
    int32_t k = 0;
    float high = x, low = 0.0f, square, c, y;
    if (bits > 0x7f800000u) {
        return x;
    }
    if (bits >= 0x42b17218u && !negative) {
        return number_of(0x7f800000u); /* from 88.72 on */
    }
    if (bits >= 0x42cff1b5u) {
        return 0.0f; /* up to -103.97 */
    }
    if (bits <= 0x39000000u) {
        return 1.0f + x;
    }
    if (bits > 0x3eb17218u) {
        if (bits > 0x3f851592u) {
            k = (int32_t)(1.442695f * x + (negative ? -0.5f : 0.5f));
        } else {
            k = negative ? -1 : 1;
        }
        high = x - (float)k * 0.69314575f;
        low = (float)k * 1.4286068e-06f;
        x = high - low;
    }
    square = x * x;
    c = x - square * (0.16666625f + square * -0.0027667333f);
    y = 1.0f + (x * c / (2.0f - c) - low + high);
    if (k > 127) {
        y *= 1.7014118e38f;
        k -= 127;
    } else if (k < -126) {
        y *= 1.9721523e-31f; /* so that it is rounded only once */
        k += 102;
    }
    return y * number_of((uint32_t)(k + 127) << 23);
}

//}
//{ expm1
/* The exponential less 1. */
static float exponential_less_1(float x) {
    const uint32_t bits = bits_of(x) & 0x7fffffffu;
    const int negative = x < 0.0f;
    int32_t k = 0;
    float c = 0.0f, half, half_square, r, t, e;
    if (bits > 0x7f800000u) {
        return x;
    }
    if (bits >= 0x4195b844u && negative) {
        return -1.0f;
    }
    if (bits > 0x42b17217u) {
        return number_of(0x7f800000u);
    }
    if (bits > 0x3eb17218u) {
        float high, low;
        if (bits < 0x3f851592u) {
            k = negative ? -1 : 1;
        } else {
            k = (int32_t)(1.442695f * x + (negative ? -0.5f : 0.5f));
        }
        high = x - (float)k * 0.6931381f;
        low = (float)k * 9.058001e-06f;
        x = high - low;
        c = (high - x) - low;
    } else if (bits < 0x33000000u) {
        return x;
    }
    half = 0.5f * x;
    half_square = x * half;
    r = 1.0f + half_square * (-0.033333212f + half_square * 0.001580717f);
    t = 3.0f - r * half;
    e = half_square * ((r - t) / (6.0f - x * t));
    if (k == 0) {
        return x - (x * e - half_square);
    }
    e = x * (e - c) - c;
    e -= half_square;
    if (k == -1) {
        return 0.5f * (x - e) - 0.5f;
    }
    if (k == 1) {
        return x < -0.25f ? -2.0f * (e - (x + 0.5f)) : 1.0f + 2.0f * (x - e);
    }
    if (k < 0 || k > 56) {
        const float y = x - e + 1.0f;
        if (k == 128) {
            return y * 2.0f * 1.7014118e38f - 1.0f;
        }
        return y * number_of((uint32_t)(k + 127) << 23) - 1.0f;
    }
    {
        const float less = number_of((uint32_t)(127 - k) << 23);
        const float power = number_of((uint32_t)(127 + k) << 23);
        return k < 23 ? (x - e + (1.0f - less)) * power : (x - (e + less) + 1.0f) * power;
    }
}

//}
//{ tanh
static float hyperbolic_tangent(float x) {
    const float size = magnitude(x);
    float t;
    if (size >= 1.0f) {
        t = 1.0f - 2.0f / (exponential_less_1(2.0f * size) + 2.0f);
    } else {
        t = exponential_less_1(-2.0f * size);
        t = -t / (t + 2.0f);
    }
    /* With the sign of x, also where that is minus 0. */
    return number_of((bits_of(t) & 0x7fffffffu) | (bits_of(x) & 0x80000000u));
}

//}
