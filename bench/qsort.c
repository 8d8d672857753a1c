/* The baseline of the window benchmark: MAD by full sorts with qsort, as C programs do it, and the
 * squared Mahalanobis distance. Reads windows of 3 x 128 floats from standard input, axis by axis;
 * prints nanoseconds a window for each of so many rounds, then the sum of the scores. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { AXES = 3, LENGTH = 128, MOST = 4096, ROUNDS = 15 };

static float windows[MOST][AXES][LENGTH];

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float median(float *values)
{
    qsort(values, LENGTH, sizeof *values, compare);
    return (values[LENGTH / 2 - 1] + values[LENGTH / 2]) / 2;
}

static float score(float window[AXES][LENGTH])
{
    static const float mean[AXES] = {0.012f, 0.007f, 0.005f};
    static const float precision[AXES][AXES] = {
        {1.9e6f, -3.2e5f, -2.0e5f}, {-3.2e5f, 2.2e6f, -4.1e4f}, {-2.0e5f, -4.1e4f, 2.6e6f}};
    float d[AXES], total = 0;
    for (int axis = 0; axis < AXES; axis++) {
        float sorted[LENGTH];
        memcpy(sorted, window[axis], sizeof sorted);
        float center = median(sorted);
        for (int i = 0; i < LENGTH; i++)
            sorted[i] = fabsf(window[axis][i] - center);
        d[axis] = 1.4826f * median(sorted) - mean[axis];
    }
    for (int i = 0; i < AXES; i++)
        for (int j = 0; j < AXES; j++)
            total += d[i] * precision[i][j] * d[j];
    return total;
}

int main(void)
{
    size_t count = fread(windows, sizeof windows[0], MOST, stdin);
    double sum = 0;
    if (count == 0)
        return 1;
    for (int round = 0; round < ROUNDS; round++) {
        struct timespec start, end;
        clock_gettime(CLOCK_MONOTONIC, &start);
        for (size_t i = 0; i < count; i++)
            sum += score(windows[i]);
        clock_gettime(CLOCK_MONOTONIC, &end);
        double ns = (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
        printf("%.1f\n", ns / (double)count);
    }
    fprintf(stderr, "%g\n", sum);
    return 0;
}
