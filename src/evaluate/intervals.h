// Means of scores that come in clusters (many questions about one document), with their 95 % intervals.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluate/evaluate.h"

namespace moru::evaluate {

/// Numbers for cluster names, 0, 1, … in order of first sight.
std::vector<uint32_t> cluster_numbers(std::span<const std::string> names);

struct ClusteredMean {
  double mean = 0;
  double standard_error = 0;  ///< 0 if there is one cluster only: it cannot be estimated then.
  uint64_t observations = 0, clusters = 0;
};

/// The mean and its cluster-robust standard error, sqrt(G/(G-1) * sum over clusters of (sum of deviations)^2) / n:
/// Miller 2024, "Adding error bars to evals" (arXiv:2411.00640), section 2.2, with the factor for few clusters of
/// Cameron and Miller 2015, "A practitioner's guide to cluster-robust inference", section II.B. Where every cluster
/// holds one value it is the usual standard error of a mean. `clusters[i]` is the cluster number of `values[i]`. Values
/// must not be empty.
ClusteredMean clustered_mean(std::span<const double> values, std::span<const uint32_t> clusters);

/// For scores in 0 … 1: mean ± t * standard error, t with (clusters - 1) degrees of freedom (Cameron and Miller 2015,
/// section VI.D), cut to 0 … 1. If all scores are 0, or all 1, as share_interval() (a share is the widest that such a
/// score can be). With one cluster nothing is known: 0 … 1.
Interval score_interval(const ClusteredMean& mean);

/// For shares (scores of 0 or 1): Wilson 1927's score interval with the effective number of questions p(1-p)/SE^2 in
/// place of n and t in place of z (Korn and Graubard 1998, "Confidence intervals for proportions with small expected
/// number of positive counts estimated from survey data"). A share of 0 or 1 has as many effective questions as
/// clusters.
Interval share_interval(const ClusteredMean& mean);

/// For differences of scores, in -1 … 1: mean ± t * standard error. With one cluster: -1 … 1.
Interval difference_interval(const ClusteredMean& mean);

/// The smallest true difference that a two-sided test at 5 % shows with 80 % power, (t_0.975 + t_0.8) * standard error:
/// Bloom 1995, "Minimum detectable effects"; Miller 2024, section 5. Negative with one cluster.
double smallest_detectable(const ClusteredMean& difference);

}  // namespace moru::evaluate
