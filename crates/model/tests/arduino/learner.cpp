// learner FAMILIES LEARN CALIBRATE RATE TAG FILE: takes rows of floats from a file, and prints for each
// its score and the threshold in hexadecimal, then what was learnt in bytes.
#include "learner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

static uint32_t bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    return bits;
}

int main(int count, char **words) {
    if (count != 7) return 2;
    // As 6a,3: six alike, and three that are not.
    std::vector<judder::Family> families;
    size_t features = 0;
    for (char *at = words[1]; *at;) {
        judder::Family one = {static_cast<uint16_t>(strtoul(at, &at, 10)), false};
        if (*at == 'a') {
            one.alike = true;
            ++at;
        }
        if (*at == ',') ++at;
        features += one.count;
        families.push_back(one);
    }
    const uint32_t learn = static_cast<uint32_t>(atoi(words[2]));
    const uint32_t calibrate = static_cast<uint32_t>(atoi(words[3]));
    const double rate = atof(words[4]);
    const uint32_t tag = static_cast<uint32_t>(strtoul(words[5], nullptr, 0));
    std::vector<float> memory(judder::learner_len(features, judder::kept(calibrate, rate)));
    judder::Learner learner(families.data(), families.size(), features, learn, calibrate, rate,
                            memory.data());
    FILE *file = fopen(words[6], "rb");
    if (!file) return 2;
    std::vector<float> row(features);
    while (fread(row.data(), 4, features, file) == features) {
        const bool good = learner.next(row.data());
        printf("%d %d %u %08x\n", good, static_cast<int>(learner.stage()), learner.left(),
               bits(learner.score()));
    }
    fclose(file);
    std::vector<uint8_t> bytes(judder::baseline_len(features));
    if (learner.write(tag, bytes.data()) != bytes.size()) return 1;
    for (uint8_t byte : bytes) printf("%02x", byte);
    printf("\n");
    // What was written is taken again, and gives the same; what was changed is not.
    std::vector<float> other(memory.size());
    judder::Learner again(families.data(), families.size(), features, learn, calibrate, rate,
                          other.data());
    std::vector<uint8_t> copy(bytes.size());
    if (!again.load(tag, bytes.data(), bytes.size())) return 3;
    if (again.write(tag, copy.data()) != copy.size() || copy != bytes) return 4;
    if (again.load(tag + 1, bytes.data(), bytes.size())) return 5;
    for (size_t at = 0; at < bytes.size(); ++at) {
        copy = bytes;
        copy[at] ^= 4;
        if (again.load(tag, copy.data(), copy.size())) return 6;
    }
    return 0;
}
