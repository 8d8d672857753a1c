//{ dense
/* A dense layer: products are summed in the order of the inputs, then the bias is added. */
static void dense(const float *inputs, size_t taken, const float *weights, const float *bias,
                  float *outputs, size_t given) {
    size_t row, column;
    for (row = 0; row < given; row++) {
        float total = 0.0f;
        for (column = 0; column < taken; column++) {
            total += *weights++ * inputs[column];
        }
        outputs[row] = total + bias[row];
    }
}

//}
//{ diagonal
/* A layer in which each output has one input. Adding to 0 makes 0 of what is minus 0, as a sum does. */
static void diagonal(const float *inputs, const float *weights, const float *bias, float *outputs,
                     size_t count) {
    size_t at;
    for (at = 0; at < count; at++) {
        outputs[at] = (0.0f + weights[at] * inputs[at]) + bias[at];
    }
}

//}
/* The mean squared error of what the network gives back. */
static float detect(const float *features, float layers[2][WIDEST]) {
    const float *back;
    float total = 0.0f;
    size_t at;
@LAYERS@    for (at = 0; at < FEATURES; at++) {
        const float error = (features[at] - back[at]) * SCALE[at];
        total += error * error;
    }
    return total / (float)FEATURES;
}

