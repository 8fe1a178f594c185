// What sources on other machines share: a store, and when it is filled anew.
#pragma once

#include "collect/fetch_store.h"
#include "collect/origin.h"

namespace moru::collect {

struct RefreshOptions {
  bool refresh = true;     ///< false: what was fetched once is used from then on.
  double fresh_hours = 0;  ///< What was fetched so recently is not asked for again.
};

/// `hours`: the usual fresh_hours of the kind.
RefreshOptions read_refresh(const Config& section, double hours);
/// The file of "ca_file"; empty if there is no such key. Throws Error if it is not there.
std::filesystem::path read_ca_file(const Config& section, const std::filesystem::path& base);

class RemoteOrigin : public Origin {
 public:
  explicit RemoteOrigin(RefreshOptions refresh) : refresh_(refresh) {}
  bool is_remote() const override { return true; }
  void fetch(const Source& source, const std::filesystem::path& store, ProgressSink& sink) const override;
  std::vector<FoundFile> files(const Source& source, const std::filesystem::path& store) const override;
  [[noreturn]] void nothing_found(const Source& source) const override;

 protected:
  virtual void fetch_into(const Source& source, FetchStore& store, ProgressSink& sink) const = 0;

 private:
  RefreshOptions refresh_;
};

}  // namespace moru::collect
