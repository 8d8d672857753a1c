#include "learner.h"

#include <math.h>
#include <string.h>

namespace judder {

namespace {

bool finite(float x) { return x - x == 0.0f; }

float deviation(float x, float mean, float rest) { return (x - mean) - rest; }

// Adds `x`, and keeps what that rounds off.
void add(float *sum, float *rest, float x) {
    const float total = *sum + x;
    const float added = total - *sum;
    *rest += (*sum - (total - added)) + (x - added);
    *sum = total;
}

uint32_t crc32(const uint8_t *bytes, size_t count) {
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t at = 0; at < count; ++at) {
        crc ^= bytes[at];
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

uint8_t *put(uint8_t *to, uint32_t value) {
    for (int at = 0; at < 4; ++at) *to++ = static_cast<uint8_t>(value >> (8 * at));
    return to;
}

uint32_t take32(const uint8_t *from) {
    return static_cast<uint32_t>(from[0]) | static_cast<uint32_t>(from[1]) << 8 |
           static_cast<uint32_t>(from[2]) << 16 | static_cast<uint32_t>(from[3]) << 24;
}

}  // namespace

Learner::Learner(const Family *families, size_t count, size_t features, uint32_t learn,
                 uint32_t calibrate, double rate, float *memory)
    : families_(families), count_(count), features_(features), kept_(kept(calibrate, rate)),
      learn_(learn), calibrate_(calibrate), learnt_(0), calibrated_(0), rate_(rate), mean_(memory),
      mean_rest_(mean_ + features), products_(mean_rest_ + features),
      products_rest_(products_ + packed(features)), highest_(products_rest_ + packed(features)),
      stage_(Stage::LEARNING), score_(0), threshold_(0) {
    restart();
}

void Learner::restart() {
    for (size_t at = 0; at < learner_len(features_, kept_); ++at) mean_[at] = 0;
    stage_ = Stage::LEARNING;
    learnt_ = calibrated_ = 0;
}

uint32_t Learner::left() const {
    switch (stage_) {
        case Stage::LEARNING: return learn_ - learnt_;
        case Stage::CALIBRATING: return calibrate_ - calibrated_;
        default: return 0;
    }
}

bool Learner::next(const float *features) {
    for (size_t at = 0; at < features_; ++at) {
        if (!finite(features[at])) return false;
    }
    if (stage_ == Stage::LEARNING) return learn(features);
    if (!distance(features, &score_)) return false;
    if (stage_ == Stage::CALIBRATING) take(score_);
    return true;
}

bool Learner::learn(const float *features) {
    for (size_t at = 0; at < features_; ++at) {
        const float one = deviation(features[at], mean_[at], mean_rest_[at]);
        if (!finite(one * one)) return false;
    }
    const float n = static_cast<float>(learnt_ + 1), before = static_cast<float>(learnt_);
    const float part = before / n;
    size_t at = 0;
    for (size_t i = 0; i < features_; ++i) {
        const float one = deviation(features[i], mean_[i], mean_rest_[i]);
        for (size_t j = 0; j <= i; ++j, ++at) {
            const float other = deviation(features[j], mean_[j], mean_rest_[j]);
            add(&products_[at], &products_rest_[at], one * other * part);
        }
    }
    for (size_t i = 0; i < features_; ++i) {
        add(&mean_[i], &mean_rest_[i], deviation(features[i], mean_[i], mean_rest_[i]) / n);
    }
    ++learnt_;
    return learnt_ < learn_ || fit();
}

// Makes a Gaussian of the sums: as if one more window had been seen in which nothing is correlated,
// and logarithms vary alike.
bool Learner::fit() {
    for (size_t at = 0; at < features_ + packed(features_); ++at) {
        const size_t sum = at < features_ ? at : at + features_;
        const size_t rest = sum + (at < features_ ? features_ : packed(features_));
        mean_[sum] += mean_[rest];
        mean_[rest] = 0;
    }
    const float n = static_cast<float>(learnt_);
    const float intensity = 1.0f / (n + 1.0f);
    size_t start = 0;
    for (size_t family = 0; family < count_; ++family) {
        const size_t end = start + families_[family].count;
        float variance = 0;
        for (size_t at = start; at < end; ++at) variance += products_[packed(at) + at];
        variance = variance / static_cast<float>(end - start);
        for (size_t row = start; row < end; ++row) {
            for (size_t column = 0; column <= row; ++column) {
                float *element = &products_[packed(row) + column];
                float target = 0;
                if (column == row) target = families_[family].alike ? variance : *element;
                const float shrunk = *element + intensity * (target - *element);
                *element = column >= start ? shrunk / (n - 1.0f) : 0.0f;
            }
        }
        start = end;
    }
    if (!whiten()) return false;
    stage_ = Stage::CALIBRATING;
    return true;
}

// The matrix that runs: the inverse Cholesky factor of the correlations, its columns divided by the
// standard deviations. False where there is none: then all is learnt anew.
bool Learner::whiten() {
    float *sd = mean_rest_, *w = products_rest_;
    bool good = true;
    for (size_t at = 0; at < packed(features_); ++at) good = good && finite(products_[at]);
    for (size_t row = 0; good && row < features_; ++row) {
        const float variance = products_[packed(row) + row];
        good = variance > 0;
        if (!good) break;
        sd[row] = sqrtf(variance);
        good = finite(1.0f / sd[row]);
    }
    for (size_t row = 0; good && row < features_; ++row) {
        for (size_t column = 0; column <= row; ++column) {
            const size_t at = packed(row) + column;
            w[at] = row == column ? 1.0f : products_[at] / (sd[row] * sd[column]);
        }
    }
    for (size_t row = 0; good && row < features_; ++row) {
        float *own = w + packed(row);
        for (size_t column = 0; good && column <= row; ++column) {
            const float *other = w + packed(column);
            float left = own[column];
            for (size_t k = 0; k < column; ++k) left = left - own[k] * other[k];
            if (column == row) {
                good = left > own[column] * 1e-12f && left > 0 && finite(left);
                if (good) own[column] = sqrtf(left);
            } else {
                own[column] = left / other[column];
            }
        }
    }
    for (size_t row = 0; good && row < features_; ++row) {
        float *own = w + packed(row);
        for (size_t column = 0; column < row; ++column) {
            float dot = 0;
            for (size_t k = column; k < row; ++k) dot += own[k] * w[packed(k) + column];
            own[column] = -dot / own[row];
        }
        own[row] = 1.0f / own[row];
    }
    for (size_t row = 0; good && row < features_; ++row) {
        for (size_t column = 0; column <= row; ++column) {
            w[packed(row) + column] = w[packed(row) + column] / sd[column];
        }
    }
    if (!good) restart();
    return good;
}

bool Learner::distance(const float *features, float *score) const {
    float sum = 0;
    for (size_t row = 0; row < features_; ++row) {
        float y = 0;
        for (size_t column = 0; column <= row; ++column) {
            y += products_rest_[packed(row) + column] * (features[column] - mean_[column]);
        }
        sum += y * y;
    }
    if (!finite(sum)) return false;
    *score = sum;
    return true;
}

// Keeps a score if it is among the highest, which stand in ascending order.
void Learner::take(float score) {
    size_t at;
    if (calibrated_ < kept_) {
        for (at = calibrated_; at > 0 && highest_[at - 1] > score; --at) highest_[at] = highest_[at - 1];
        highest_[at] = score;
    } else if (score > highest_[0]) {
        for (at = 0; at + 1 < kept_ && highest_[at + 1] < score; ++at) highest_[at] = highest_[at + 1];
        highest_[at] = score;
    }
    ++calibrated_;
    if (calibrated_ >= calibrate_) choose();
}

// The score of rank (n + 1)(1 - rate), as split conformal prediction has it.
void Learner::choose() {
    const double rank = (calibrated_ + 1.0) * (1.0 - rate_);
    uint32_t whole = rank >= calibrated_ ? calibrated_ : static_cast<uint32_t>(rank);
    if (whole == 0) whole = 1;
    double part = rank - whole;
    if (!(part > 0 && whole < calibrated_)) part = 0;
    if (part > 1) part = 1;
    const size_t held = calibrated_ < kept_ ? calibrated_ : kept_;
    const size_t at = whole - (calibrated_ - held) - 1;
    const float below = highest_[at], above = at + 1 < held ? highest_[at + 1] : below;
    threshold_ = below + static_cast<float>(part) * (above - below);
    stage_ = Stage::WATCHING;
}

size_t Learner::write(uint32_t tag, uint8_t *bytes) const {
    if (stage_ != Stage::WATCHING) return 0;
    memcpy(bytes, "JUDL\1\4", 6);
    bytes[6] = static_cast<uint8_t>(features_);
    bytes[7] = static_cast<uint8_t>(features_ >> 8);
    uint8_t *to = put(put(put(bytes + 8, tag), learnt_), calibrated_);
    for (size_t at = 0; at < 1 + features_ + packed(features_); ++at) {
        const float *number = &threshold_;
        if (at > 0) number = at <= features_ ? mean_ + at - 1 : products_ + at - 1 - features_;
        uint32_t bits;
        memcpy(&bits, number, 4);
        to = put(to, bits);
    }
    put(to, crc32(bytes, static_cast<size_t>(to - bytes)));
    return baseline_len(features_);
}

bool Learner::load(uint32_t tag, const uint8_t *bytes, size_t count) {
    const size_t length = baseline_len(features_);
    if (count != length || memcmp(bytes, "JUDL\1\4", 6) != 0) return false;
    if (bytes[6] != (features_ & 0xFF) || bytes[7] != features_ >> 8) return false;
    if (take32(bytes + length - 4) != crc32(bytes, length - 4) || take32(bytes + 8) != tag) return false;
    learnt_ = take32(bytes + 12);
    calibrated_ = take32(bytes + 16);
    bool good = true;
    for (size_t at = 0; at < 1 + features_ + packed(features_); ++at) {
        float *number = &threshold_;
        if (at > 0) number = at <= features_ ? mean_ + at - 1 : products_ + at - 1 - features_;
        const uint32_t bits = take32(bytes + 20 + 4 * at);
        memcpy(number, &bits, 4);
        good = good && finite(*number);
    }
    if (!good) {
        restart();
        return false;
    }
    if (!whiten()) return false;
    stage_ = Stage::WATCHING;
    return true;
}

}  // namespace judder
