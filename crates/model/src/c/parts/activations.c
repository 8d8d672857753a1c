/* ---- What layers do to their sums ---- */

//{ sigmoid
/* 1 / (1 + exp(-x)), of an exponential that does not overflow. */
static float logistic(float x) {
    const float u = exponential(-magnitude(x));
    const float over = 1.0f + u;
    return x < 0.0f ? u / over : 1.0f / over;
}

//}
//{ erfc
/* The exponential of minus a square and so on: the complementary error function from 0.84 to 28. */
static float error_tail(float x) {
    const float size = magnitude(x);
    float s, r, over, z;
    if (size < 1.25f) {
        s = size - 1.0f;
        r = -0.0023621186f + s * (0.41485611f + s * (-0.37220788f + s * (0.31834662f
            + s * (-0.110894695f + s * (0.035478305f + s * -0.0021663755f)))));
        over = 1.0f + s * (0.10642088f + s * (0.54039794f + s * (0.071828656f
            + s * (0.12617122f + s * (0.013637084f + s * 0.0119845f)))));
        return 1.0f - 0.8450629f - r / over;
    }
    s = 1.0f / (size * size);
    if (bits_of(size) < 0x4036db6du) { /* 1 / 0.35 */
        r = -0.009864944f + s * (-0.69385856f + s * (-10.558626f + s * (-62.375332f
            + s * (-162.39667f + s * (-184.60509f + s * (-81.28744f + s * -9.814329f))))));
        over = 1.0f + s * (19.651272f + s * (137.65776f + s * (434.56589f + s * (645.38727f
            + s * (429.00815f + s * (108.6350f + s * (6.5702496f + s * -0.060424414f)))))));
    } else {
        r = -0.009864943f + s * (-0.79928327f + s * (-17.757955f + s * (-160.63638f
            + s * (-637.56647f + s * (-1025.0951f + s * -483.5192f)))));
        over = 1.0f + s * (30.33806f + s * (325.79251f + s * (1536.7296f + s * (3199.8582f
            + s * (2553.0503f + s * (474.52853f + s * -22.440952f))))));
    }
    z = number_of(bits_of(size) & 0xffffe000u);
    return exponential(-z * z - 0.5625f) * exponential((z - size) * (z + size) + r / over) / size;
}

/* 2 / root(pi) times the integral of exp(-t * t) from x on. */
static float complementary_error(float x) {
    const uint32_t bits = bits_of(x) & 0x7fffffffu;
    const int negative = (bits_of(x) & 0x80000000u) != 0;
    float z, r, over, y;
    if (bits > 0x7f800000u) {
        return x;
    }
    if (bits < 0x3f580000u) {
        if (bits < 0x23800000u) {
            return 1.0f - x;
        }
        z = x * x;
        r = 0.12837917f + z * (-0.3250421f + z * (-0.02848175f + z * (-0.0057702702f + z * -2.3763017e-05f)));
        over = 1.0f + z * (0.3979172f + z * (0.06502225f + z * (0.0050813062f
            + z * (0.00013249474f + z * -3.9602282e-06f))));
        y = r / over;
        if (negative || bits < 0x3e800000u) {
            return 1.0f - (x + x * y);
        }
        return 0.5f - (x - 0.5f + x * y);
    }
    if (bits < 0x41e00000u) {
        return negative ? 2.0f - error_tail(x) : error_tail(x);
    }
    return negative ? 2.0f : 0.0f;
}

//}
//{ relu
/* What is negative becomes 0; what is not a number stays that. */
static void relu(float *values, size_t count) {
    size_t at;
    for (at = 0; at < count; at++) {
        values[at] = values[at] < 0.0f ? 0.0f : values[at];
    }
}

//}
//{ tanh-layer
static void hyperbolic_tangents(float *values, size_t count) {
    size_t at;
    for (at = 0; at < count; at++) {
        values[at] = hyperbolic_tangent(values[at]);
    }
}

//}
//{ sigmoid-layer
static void sigmoids(float *values, size_t count) {
    size_t at;
    for (at = 0; at < count; at++) {
        values[at] = logistic(values[at]);
    }
}

//}
//{ leaky-relu
static void leaky_relu(float *values, size_t count, float slope) {
    size_t at;
    for (at = 0; at < count; at++) {
        values[at] = values[at] < 0.0f ? slope * values[at] : values[at];
    }
}

//}
//{ elu-layer
static void elu(float *values, size_t count, float alpha) {
    size_t at;
    for (at = 0; at < count; at++) {
        if (values[at] < 0.0f) {
            values[at] = alpha * exponential_less_1(values[at]);
        }
    }
}

//}
//{ selu-layer
static void selu(float *values, size_t count) {
    size_t at;
    for (at = 0; at < count; at++) {
        const float x = values[at];
        values[at] = x < 0.0f ? 1.7580993f * exponential_less_1(x) : 1.050701f * x;
    }
}

//}
//{ softplus-layer
/* ln(1 + exp(x)); the logarithm of 1 + u is right to the last digits as Goldberg has it (1991). */
static void softplus(float *values, size_t count) {
    size_t at;
    for (at = 0; at < count; at++) {
        const float x = values[at];
        const float u = exponential(-magnitude(x));
        const float w = 1.0f + u;
        const float logarithm = w == 1.0f ? u : natural_logarithm(w) * u / (w - 1.0f);
        values[at] = x > 0.0f ? x + logarithm : logarithm;
    }
}

//}
//{ silu-layer
static void silu(float *values, size_t count) {
    size_t at;
    for (at = 0; at < count; at++) {
        values[at] = values[at] * logistic(values[at]);
    }
}

//}
//{ gelu-layer
static void gelu(float *values, size_t count) {
    size_t at;
    for (at = 0; at < count; at++) {
        const float x = values[at];
        values[at] = 0.5f * x * complementary_error(-x * 0.70710677f);
    }
}

//}
//{ gelu-tanh-layer
/* The sigmoid of 2 u is (1 + tanh(u)) / 2. */
static void approximate_gelu(float *values, size_t count) {
    size_t at;
    for (at = 0; at < count; at++) {
        const float x = values[at];
        const float cube = 0.044715f * x * x * x;
        values[at] = x * logistic(1.5957692f * (x + cube));
    }
}

//}
//{ fake-quant
/* What the nearest of 256 integers stands for. Beside 1.5 * 2^23 whole numbers are the nearest. */
static void fake_quant(float *values, size_t count, float scale, float zero_point) {
    const float least = -128.0f - zero_point, most = 127.0f - zero_point;
    size_t at;
    for (at = 0; at < count; at++) {
        float x = values[at] / scale;
        x = x < least ? least : x;
        x = x > most ? most : x;
        x += 12582912.0f;
        values[at] = (x - 12582912.0f) * scale;
    }
}

//}
