// Datasets into the ledger: documents with their files, samples with their documents, decisions.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "ledger/ledger.h"

namespace moru::pipeline {

/// Every document of a document/1 dataset: its node, its file, the bytes of it, and its membership in `artefact`.
void record_documents(const std::filesystem::path& dataset, const std::string& artefact, ledger::Ledger& ledger);
/// Every decision of a decision/1 dataset. Where a document was set aside before it had an id, its URI stands for it.
void record_decisions(const std::filesystem::path& dataset, const std::string& artefact, ledger::Ledger& ledger);
/// Every sample of a sample/1 dataset, with the ranges of the documents that it was made from; those that are held out,
/// and these documents, as such.
void record_samples(const std::filesystem::path& dataset, const std::set<std::string>& held_out_documents,
                    const std::string& artefact, ledger::Ledger& ledger);
/// That the artefact learned from its input `generate`, but not from what is held out there. Its inputs are recorded.
void record_taught(const std::string& artefact, ledger::Ledger& ledger);

}  // namespace moru::pipeline
