// The exact interval of a share.
#pragma once

#include <cstdint>

namespace moru::curate {

struct ShareInterval {
  double low = 0, high = 1;
};

/// Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of the binomial": the
/// shares under which as few, or as many, as `hits` of `trials` are not too unlikely, at most (1 - confidence) / 2
/// each. Never narrower than it says. 0 … 1 if trials is 0.
ShareInterval clopper_pearson(uint64_t hits, uint64_t trials, double confidence = 0.95);

}  // namespace moru::curate
