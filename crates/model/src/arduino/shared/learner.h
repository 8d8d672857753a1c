// Learning on the board: what is normal here, from the windows of the first minutes.
//
// The arithmetic is that of `Learning` in the crate judder-core, operation by operation, and what is
// kept are the same bytes. Plain C++11 without a word of Arduino; nothing is allocated. Compile with
// -ffp-contract=off for the same bits.
#ifndef JUDDER_LEARNER_H
#define JUDDER_LEARNER_H

#include <stddef.h>
#include <stdint.h>

namespace judder {

// Numbers between which correlations are learnt: `count` features in a row. Those that are alike are
// logarithms, and may be compared with one another as they are.
struct Family {
    uint16_t count;
    bool alike;
};

// How many of the highest scores are kept for a threshold from so many windows.
constexpr size_t kept(uint32_t calibrate, double rate) {
    return calibrate < static_cast<uint32_t>((calibrate + 1.0) * (1.0 - rate))
               ? 1
               : static_cast<uint32_t>((calibrate + 1.0) * (1.0 - rate)) == 0
                     ? calibrate
                     : calibrate - static_cast<uint32_t>((calibrate + 1.0) * (1.0 - rate)) + 1;
}
constexpr size_t packed(size_t features) { return features * (features + 1) / 2; }
// How many numbers a learner needs room for.
constexpr size_t learner_len(size_t features, size_t kept) {
    return 2 * (features + packed(features)) + kept;
}
// How many bytes it is kept in.
constexpr size_t baseline_len(size_t features) {
    return 24 + 4 * (1 + features + packed(features));
}

enum class Stage { LEARNING, CALIBRATING, WATCHING };

class Learner {
public:
    // Learns from `learn` windows, at least 10, and chooses a threshold from `calibrate` more, at least
    // 2, for a false-alarm rate between 0 and 1. `memory` is learner_len(features, kept(...)) numbers.
    Learner(const Family *families, size_t count, size_t features, uint32_t learn,
            uint32_t calibrate, double rate, float *memory);

    // Forgets everything, and learns anew.
    void restart();
    // Takes the features of the next window; false where they cannot be learnt from or judged.
    // Features of which nothing can be learnt, as one that is always the same, begin it anew.
    bool next(const float *features);

    Stage stage() const { return stage_; }
    // Windows that are still to come before the next stage.
    uint32_t left() const;
    // Of the last window, once all is learnt.
    float score() const { return score_; }
    float threshold() const { return threshold_; }

    // Writes what was learnt into baseline_len(features) bytes; 0 where nothing is.
    size_t write(uint32_t tag, uint8_t *bytes) const;
    // Takes over what was learnt before; false where the bytes are not that, or not of this tag.
    bool load(uint32_t tag, const uint8_t *bytes, size_t count);

private:
    bool learn(const float *features);
    bool fit();
    bool whiten();
    void take(float score);
    void choose();
    bool distance(const float *features, float *score) const;

    const Family *families_;
    size_t count_, features_, kept_;
    uint32_t learn_, calibrate_, learnt_, calibrated_;
    double rate_;
    // Mean, products of deviations, and what rounding left of each; then the highest scores. Once
    // learnt, covariance and whitening matrix stand where the products and their rest did.
    float *mean_, *mean_rest_, *products_, *products_rest_, *highest_;
    Stage stage_;
    float score_, threshold_;
};

}  // namespace judder

#endif
