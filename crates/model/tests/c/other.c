/* A second file that includes the header. */
#include "detector.h"

int other_size(void);

int other_size(void) {
    return (int)sizeof(judder_detector);
}
