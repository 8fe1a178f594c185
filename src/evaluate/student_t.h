// Student's t distribution and the regularised incomplete beta function behind it.
#pragma once

namespace moru::evaluate {

/// I_x(a, b) for a, b > 0 and x in 0 … 1, by the continued fraction of Abramowitz and Stegun 1964, 26.5.8, evaluated
/// with Lentz's method. Relative error below 1e-12 for the arguments used here.
double incomplete_beta(double a, double b, double x);

/// P(T <= t) with `df` > 0 degrees of freedom: Abramowitz and Stegun 1964, 26.7.1.
double student_t_cdf(double t, double df);

/// The t with P(T <= t) = p, for p in (0, 1), by bisection.
double student_t_quantile(double p, double df);

}  // namespace moru::evaluate
