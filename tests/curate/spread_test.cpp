#include "curate/spread.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace moru::curate {
namespace {

TEST(Spread, AValueAtTheLimitIsWithinIt) {
  for (const bool most : {true, false}) {
    for (const double limit : {0.8, 0.1, 0.7, 1.0 / 3}) {  // none of them is a float
      Spread spread(most, limit, false, 4);
      for (const double value : {limit - 0.01, limit, limit + 0.01}) {
        spread.add(value);
        if (spread.wants(value)) spread.add_example({value, "", "", "", ""});
      }
      EXPECT_EQ(spread.beyond(limit), 1U);
      const Json json = spread.to_json();
      EXPECT_EQ(json.at("beyond"), 1);
      EXPECT_EQ(json.at("kept").size(), 2U);
      EXPECT_EQ(json.at("taken").size(), 1U);
    }
  }
}

TEST(Spread, ALimitThatIsOffTakesNothing) {
  Spread spread(true, 0.5, true, 4);
  spread.add(0.9);
  EXPECT_EQ(spread.to_json().at("beyond"), 0);
}

}  // namespace
}  // namespace moru::curate
