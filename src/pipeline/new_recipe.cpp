#include "pipeline/new_recipe.h"

#include "collect/extractor.h"
#include "collect/files.h"
#include "collect/licence.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "pipeline/show.h"

namespace moru::pipeline {
namespace {

/// Sizes of tokenizer and model that fit an amount of text: more parameters than the text can teach only cost time.
struct Sizes {
  int vocabulary, hidden, layers, heads, kv_heads, head_dim, intermediate, moe_intermediate, experts, batch_tokens,
      epochs;
};

// Widths are multiples of 64, the group in which weights are quantized.
Sizes sizes_for(uint64_t bytes) {
  if (bytes < 300'000) return {1024, 128, 4, 4, 2, 32, 384, 128, 4, 1024, 10};
  if (bytes < 3'000'000) return {4096, 192, 4, 6, 2, 32, 576, 192, 8, 4096, 8};
  return {8192, 256, 4, 4, 2, 32, 768, 192, 8, 8192, 4};
}

/// As a YAML text in single quotes.
std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

constexpr std::string_view kEnglish =
    R"(# How the model "{name}" is made. "moru build" reads this file; every line may be changed.
# Run it with:  moru build {file}
# Look first:   moru build {file} --plan
# All keys:     docs/recipe.md

name: {name}                # the model's name, also in the API

# 1. Which files are read. HTML, Markdown, plain text and JSONL are understood; anything else is set aside and counted.
collect:
  - name: {source}          # stands for this folder in reports
    folder: {folder}
    include: ["**"]         # which files in it; "**/*.html" would be all HTML pages, in subfolders too
    exclude: []             # for example ["drafts/**", "**/*.bak"]
{licence}
# 2. What is kept. Every dropped or changed document is kept aside with the reason; the build shows how many each rule took.
curate:
  length:
    minimum_characters: 15  # shorter documents are dropped
  near_duplicates:
    similarity: 0.8         # of documents that share this much of their text, one is kept
  personal_data:            # masked in what the model reads
    emails: true
    phones: true
    resident_numbers: true

# 3. Questions and answers made out of titles, headings, steps and tables, with no other model's help.
generate:
  phrasings: 6              # ways to ask about one thing
  held_out_share: 0.2       # of the ways, so many are never trained on: the evaluation asks them

# 4. The vocabulary: how many pieces of text have a number of their own.
tokenizer:
  vocabulary_size: {vocabulary}

# 5. The model and its training. Sizes were chosen for {bytes} of documents.
train:
  model:
    hidden: {hidden}             # width; more remembers more, and takes longer
    layers: {layers}
    heads: {heads}               # attention heads, and how many of them have keys and values of their own:
    kv_heads: {kv_heads}
    head_dim: {head_dim}
    intermediate: {intermediate}       # width of a dense layer
    moe_intermediate: {moe_intermediate}    # width of one expert
    experts: {experts}             # experts in a layer; each token goes through experts_per_token of them
    experts_per_token: 2
  batch_tokens: {batch_tokens}        # pieces of text between two changes of the weights
  pretrain:
    epochs: 1               # passes over the documents
  supervise:
    epochs: {epochs}              # passes over the questions and answers
  seed: 7                   # another number gives another, equally good model

# 6. The weights in 8 bits: a quarter of the size, and what that costs is measured.
optimize:
  bits: 8

# 7. How good it is, asked of: the model before training, after it, with 8-bit weights, and plain text search.
evaluate:
  systems: [untrained, trained, quantized, bm25]
  held_out: 1000            # most held-out questions to ask; 0 asks all
  # questions: questions.jsonl   # your own: {{"id": "1", "question": "...", "answers": ["..."]}} a line

# 8. Where the finished model goes, beside this file.
output:
  folder: model
  weights: quantized        # or trained: the weights before step 6
)";

constexpr std::string_view kKorean =
    R"(# 모델 "{name}"을(를) 만드는 방법입니다. "moru build"가 이 파일을 읽으며, 어느 줄이든 바꿔도 됩니다.
# 만들기:      moru build {file}
# 먼저 보기:   moru build {file} --plan
# 모든 키:     docs/recipe.md

name: {name}                # 모델 이름. API에서도 이 이름을 씁니다

# 1. 어떤 파일을 읽을지. HTML, 마크다운, 글(txt), JSONL을 읽습니다. 나머지는 따로 빼서 세어 둡니다.
collect:
  - name: {source}          # 보고서에서 이 폴더를 부르는 이름
    folder: {folder}
    include: ["**"]         # 읽을 파일. "**/*.html"이면 하위 폴더까지 모든 HTML
    exclude: []             # 뺄 파일. 예: ["초안/**", "**/*.bak"]
{licence}
# 2. 무엇을 남길지. 버리거나 고친 문서는 이유와 함께 따로 남고, 규칙마다 몇 개를 걸렀는지 보여 줍니다.
curate:
  length:
    minimum_characters: 15  # 이보다 짧은 문서는 버립니다
  near_duplicates:
    similarity: 0.8         # 글이 이만큼 겹치는 문서는 하나만 남깁니다
  personal_data:            # 모델이 읽을 글에서 가립니다
    emails: true            # 전자우편 주소
    phones: true            # 전화번호
    resident_numbers: true  # 주민등록번호

# 3. 제목, 소제목, 절차, 표에서 질문과 답을 만듭니다. 다른 모델의 도움은 받지 않습니다.
generate:
  phrasings: 6              # 한 가지를 묻는 말투의 수
  held_out_share: 0.2       # 그중 이만큼은 학습하지 않고 평가할 때만 묻습니다

# 4. 어휘: 글 조각 몇 개에 번호를 붙일지.
tokenizer:
  vocabulary_size: {vocabulary}

# 5. 모델과 학습. 문서 {bytes}에 맞춰 고른 크기입니다.
train:
  model:
    hidden: {hidden}             # 너비. 클수록 많이 기억하지만 오래 걸립니다
    layers: {layers}               # 층의 수
    heads: {heads}               # 어텐션 머리의 수와, 그중 키와 값을 따로 갖는 머리의 수
    kv_heads: {kv_heads}
    head_dim: {head_dim}
    intermediate: {intermediate}       # 조밀한 층의 너비
    moe_intermediate: {moe_intermediate}    # 전문가 하나의 너비
    experts: {experts}             # 층마다 전문가의 수. 토큰 하나는 experts_per_token개를 지납니다
    experts_per_token: 2
  batch_tokens: {batch_tokens}        # 가중치를 한 번 고칠 때 읽는 글 조각의 수
  pretrain:
    epochs: 1               # 문서를 읽는 횟수
  supervise:
    epochs: {epochs}              # 질문과 답을 익히는 횟수
  seed: 7                   # 다른 수를 넣으면 비슷한 수준의 다른 모델이 나옵니다

# 6. 가중치를 8비트로 줄입니다. 크기는 4분의 1이 되고, 잃는 것을 재어 보여 줍니다.
optimize:
  bits: 8

# 7. 얼마나 잘하는지. 학습 전 모델, 학습한 모델, 8비트 모델, 단순 글 검색에게 같은 질문을 합니다.
evaluate:
  systems: [untrained, trained, quantized, bm25]
  held_out: 1000            # 평가용 질문을 많아야 이만큼 묻습니다. 0이면 모두
  # questions: questions.jsonl   # 직접 쓴 질문: 한 줄에 {{"id": "1", "question": "...", "answers": ["..."]}}

# 8. 완성한 모델을 둘 곳. 이 파일 옆입니다.
output:
  folder: model
  weights: quantized        # trained로 하면 6단계 전의 가중치
)";

std::string licence_lines(const Survey& survey) {
  const bool known = !survey.licences.empty() && !survey.licences.contains("unknown");
  std::vector<std::string> found;
  for (const auto& [licence, files] : survey.licences) found.push_back(fmt::format("{} ({})", licence, grouped(files)));
  std::string lines = fmt::format("    # {}: {}\n", tr("licences found beside the files", "파일 옆에서 찾은 라이선스"),
                                  fmt::join(found, ", "));
  if (known) return lines;
  return lines + fmt::format("    # licence: CC-BY-4.0    # {}\n",
                             tr("who may use these documents (an SPDX name); take the # away where you know it",
                                "이 문서를 누가 써도 되는지(SPDX 이름). 알면 앞의 #을 지우고 적으세요"));
}

}  // namespace

uint64_t Survey::files() const {
  uint64_t sum = 0;
  for (const auto& [name, count] : readable) sum += count.files;
  return sum;
}

uint64_t Survey::bytes() const {
  uint64_t sum = 0;
  for (const auto& [name, count] : readable) sum += count.bytes;
  return sum;
}

Survey survey(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw Error(folder.string(), std::string(tr("this folder is not there", "이 폴더가 없습니다")),
                std::string(tr("give the folder of your documents with --from", "문서가 든 폴더를 --from으로 주세요")));
  Survey survey;
  survey.folder = folder;
  collect::FolderSource source;
  source.folder = folder;
  collect::Licences licences(source);
  for (const collect::FoundFile& file : collect::find_files(source)) {
    const fs::path path = file.path;
    if (collect::is_licence_file(path.filename().string())) continue;
    const collect::Extractor* extractor = file.problem.empty() ? collect::extractor_for(file.path) : nullptr;
    if (extractor == nullptr) {
      const std::string why = !file.problem.empty()  ? file.problem
                              : path.has_extension() ? path.extension().string()
                                                     : path.filename().string();
      Survey::Count& count = survey.unreadable[why];
      ++count.files;
      count.bytes += file.size;
      continue;
    }
    Survey::Count& count = survey.readable[std::string(extractor->name)];
    ++count.files;
    count.bytes += file.size;
    ++survey.licences[licences.of(file.path).id];
  }
  if (survey.readable.empty()) {
    std::vector<std::string_view> endings;
    for (const collect::Extractor& extractor : collect::extractors())
      endings.insert(endings.end(), extractor.endings.begin(), extractor.endings.end());
    throw Error(folder.string(),
                std::string(tr("there is no file in it that can be read", "읽을 수 있는 파일이 없습니다")),
                fmt::format("{}: {}", tr("files with these endings are read", "읽는 파일의 이름 끝"),
                            fmt::join(endings, ", ")));
  }
  return survey;
}

std::string survey_text(const Survey& survey) {
  std::string text = fmt::format(fmt::runtime(tr("{}: {} files, {}\n", "{}: 파일 {}개, {}\n")), survey.folder.string(),
                                 grouped(survey.files()), bytes_text(survey.bytes()));
  const auto lines = [&](const std::map<std::string, Survey::Count>& counts) {
    for (const auto& [name, count] : counts)
      text += fmt::format("  {:<14} {:>8}  {:>10}\n", name, grouped(count.files), bytes_text(count.bytes));
  };
  lines(survey.readable);
  if (!survey.unreadable.empty()) {
    text += fmt::format("{}\n", tr("not read (they are set aside and counted):", "읽지 않는 것 (따로 빼서 셉니다):"));
    lines(survey.unreadable);
  }
  text += fmt::format("{}\n", tr("licences:", "라이선스:"));
  for (const auto& [licence, files] : survey.licences) text += fmt::format("  {:<14} {:>8}\n", licence, grouped(files));
  return text;
}

std::string recipe_text(const Survey& survey, const std::string& name, const std::string& folder) {
  const Sizes s = sizes_for(survey.bytes());
  return fmt::format(
      fmt::runtime(tr(kEnglish, kKorean)), fmt::arg("name", name), fmt::arg("file", "recipe.yaml"),
      fmt::arg("source", in_quotes(survey.folder.filename().empty() ? name : survey.folder.filename().string())),
      fmt::arg("folder", in_quotes(folder)), fmt::arg("licence", licence_lines(survey)),
      fmt::arg("vocabulary", s.vocabulary), fmt::arg("bytes", bytes_text(survey.bytes())), fmt::arg("hidden", s.hidden),
      fmt::arg("layers", s.layers), fmt::arg("heads", s.heads), fmt::arg("kv_heads", s.kv_heads),
      fmt::arg("head_dim", s.head_dim), fmt::arg("intermediate", s.intermediate),
      fmt::arg("moe_intermediate", s.moe_intermediate), fmt::arg("experts", s.experts),
      fmt::arg("batch_tokens", s.batch_tokens), fmt::arg("epochs", s.epochs));
}

}  // namespace moru::pipeline
