// Tests of two systems on the same questions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace moru::evaluate {

/// Two-sided p-value of the hypothesis that a question's two scores may be swapped, by flipping the signs of whole
/// clusters (Fisher's randomisation test; Good 2005, "Permutation, parametric and bootstrap tests of hypotheses"; by
/// cluster since questions of one document move together). All 2^G flips are tried where at most 16 clusters differ,
/// else 20,000 random ones, where p = (hits + 1) / (flips + 1) (Phipson and Smyth 2010, "Permutation p-values should
/// never be zero"). Depends on the arguments alone.
double sign_flip_p_value(std::span<const double> differences, std::span<const uint32_t> clusters, uint64_t seed);

/// McNemar's exact two-sided p-value: of `a_only + b_only` questions that one system alone has right, how unlikely is
/// such a split at even odds (McNemar 1947; exact by the binomial distribution). 1 if there are none.
double mcnemar_exact_p_value(uint64_t a_only, uint64_t b_only);

/// Holm 1979's step-down adjustment, "A simple sequentially rejective multiple test procedure": comparing the results
/// with 0.05 keeps the chance of any false claim among them at 5 %. In the order given.
std::vector<double> holm_adjust(std::span<const double> p_values);

}  // namespace moru::evaluate
