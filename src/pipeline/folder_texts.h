// The texts of a folder's documents, for what is trained on examples outside a workspace.
#pragma once

#include <filesystem>
#include <functional>

#include "core/json.h"
#include "core/progress.h"
#include "data/document.h"

namespace moru::pipeline {

/// Collects every file of the folder that is of a known format, as `moru build` does, and cleans its white space and
/// Unicode; calls use(document) in the order of the paths. Returns {"folder", "files", "documents", "set_aside",
/// "content"}, "content" being a hash over the documents. Throws Error if the folder is not there or gives no document.
Json for_each_document(const std::filesystem::path& folder, ProgressSink& progress,
                       const std::function<void(const data::Document&)>& use);

}  // namespace moru::pipeline
