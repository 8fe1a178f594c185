// robots.txt (RFC 9309): which pages a site lets us read, and how fast.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

class Robots {
 public:
  /// Everything is allowed.
  Robots() = default;
  /// Nothing is: the site could not say (section 2.3.1.4).
  static Robots nothing();
  /// The rules for a product token ("moru"): those of the groups that name it, whatever their case, else those of "*".
  /// What is past 500 KiB is not read (section 2.5).
  static Robots parse(std::string_view text, std::string_view product);

  /// `target`: path and query as they stand in a request. The longest rule that matches decides, Allow where two are
  /// equally long; "*" in a rule is any characters, "$" at its end the end (section 2.2.2). /robots.txt is always
  /// allowed.
  bool allows(std::string_view target) const;
  /// Seconds to wait between two requests; 0 if it does not say. Not in the RFC, but asked for by many sites.
  double crawl_delay() const { return crawl_delay_; }
  const std::vector<std::string>& sitemaps() const { return sitemaps_; }

 private:
  struct Rule {
    std::string pattern;  // percent-encoding in its normal form
    bool allow = false;
  };
  std::vector<Rule> rules_;
  double crawl_delay_ = 0;
  std::vector<std::string> sitemaps_;
};

}  // namespace moru::collect
