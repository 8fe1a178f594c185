#include "core/ordered_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

namespace moru {
namespace {

TEST(OrderedWork, HandsOverInOrderWhoeverIsFirst) {
  for (const size_t threads : {1, 2, 5}) {
    for (const size_t slots : {1, 3, 16}) {
      std::vector<int> values(slots), results;
      OrderedWork work(
          slots,
          [&](size_t slot) {
            if (values[slot] % 7 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300));
            values[slot] *= 2;
          },
          [&](size_t slot) { results.push_back(values[slot]); }, threads);
      for (int i = 0; i < 200; ++i) {
        values[work.next()] = i;
        work.submit();
      }
      work.finish();
      ASSERT_EQ(results.size(), 200U);
      for (int i = 0; i < 200; ++i) EXPECT_EQ(results[static_cast<size_t>(i)], 2 * i);
    }
  }
}

TEST(OrderedWork, TheFirstErrorInOrderPassesOn) {
  for (const size_t threads : {1, 4}) {
    std::vector<int> values(8);
    int used = 0;
    OrderedWork work(
        8,
        [&](size_t slot) {
          if (values[slot] == 50) std::this_thread::sleep_for(std::chrono::milliseconds(5));
          if (values[slot] >= 50) throw std::runtime_error(std::to_string(values[slot]));
        },
        [&](size_t) { ++used; }, threads);
    try {
      for (int i = 0; i < 100; ++i) {
        values[work.next()] = i;
        work.submit();
      }
      work.finish();
      FAIL() << "no error";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "50");
    }
    EXPECT_EQ(used, 50);
  }
}

TEST(OrderedWork, NothingIsNothing) {
  OrderedWork work(
      4, [](size_t) { FAIL(); }, [](size_t) { FAIL(); }, 3);
  work.finish();
}

}  // namespace
}  // namespace moru
