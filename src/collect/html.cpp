// HTML: the page's main content as structure, by way of gumbo's HTML5 parser.
#include <gumbo.h>

#include "collect/encoding.h"
#include "collect/extractor.h"
#include "collect/html_rules.h"
#include "collect/html_walker.h"
#include "core/sandbox.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

/// Memory of one parse, given back at once: gumbo frees its tree by recursion, which a deeply nested page turns into a
/// stack overflow, and it does not look whether an allocation failed.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    for (char* chunk : chunks_) std::free(chunk);
  }

  static void* allocate(void* arena, size_t size) { return static_cast<Arena*>(arena)->take(size); }
  static void release(void*, void*) {}

 private:
  static constexpr size_t kChunk = size_t{1} << 18;

  void* take(size_t size) {
    size = (size + 15) & ~size_t{15};
    if (size > left_) {
      const size_t bytes = std::max(size, kChunk);
      auto* chunk = static_cast<char*>(std::malloc(bytes));
      if (chunk == nullptr) sandbox_out_of_memory();
      chunks_.push_back(chunk);
      if (size > kChunk / 4) return chunk;  // a large piece has its own; the rest of the old chunk stays in use
      next_ = chunk;
      left_ = bytes;
    }
    void* piece = next_;
    next_ += size;
    left_ -= size;
    return piece;
  }

  std::vector<char*> chunks_;
  char* next_ = nullptr;
  size_t left_ = 0;
};

/// The encoding that the page's head declares: what follows "charset=" in its first kibibyte.
std::string declared_encoding(std::string_view bytes) {
  const std::string head = text::lower(text::repair_utf8(bytes.substr(0, 1024)));
  size_t at = head.find("charset=");
  if (at == std::string::npos) return {};
  at = head.find_first_not_of("\"' ", at + 8);
  if (at == std::string::npos) return {};
  return head.substr(at, std::min<size_t>(head.find_first_of("\"' />;", at) - at, 32));
}

template <class Use>
void for_each_element(const GumboNode* root, const Use& use) {
  std::vector<const GumboNode*> stack{root};
  while (!stack.empty()) {
    const GumboNode* at = stack.back();
    stack.pop_back();
    if (at->type != GUMBO_NODE_ELEMENT) continue;
    if (!use(at)) continue;
    const GumboVector& children = at->v.element.children;
    for (unsigned i = children.length; i > 0; --i) stack.push_back(static_cast<const GumboNode*>(children.data[i - 1]));
  }
}

/// Where the page's content is, and what its head says.
struct Page {
  const GumboNode* content = nullptr;
  bool is_article = false;
  const GumboNode* title = nullptr;
  std::vector<const GumboNode*> metas;
};

Page survey(const GumboNode* root) {
  Page page;
  const GumboNode *body = nullptr, *main = nullptr, *article = nullptr, *named = nullptr;
  int articles = 0;
  for_each_element(root, [&](const GumboNode* n) {
    const GumboElement& e = n->v.element;
    const std::string_view id = attribute(e, "id");
    if (e.tag == GUMBO_TAG_BODY && body == nullptr) body = n;
    if (e.tag == GUMBO_TAG_TITLE && page.title == nullptr) page.title = n;
    if (e.tag == GUMBO_TAG_META) page.metas.push_back(n);
    if ((e.tag == GUMBO_TAG_MAIN || attribute(e, "role") == "main") && main == nullptr) main = n;
    if (e.tag == GUMBO_TAG_ARTICLE) {
      ++articles;
      if (article == nullptr) article = n;
    }
    // What generators call the content of a page: LibreOffice's help, MediaWiki, and many others.
    if (named == nullptr && (id == "DisplayArea" || id == "mw-content-text" || id == "main-content")) named = n;
    return e.tag != GUMBO_TAG_SVG;
  });
  page.content = main != nullptr    ? main
                 : articles == 1    ? article
                 : named != nullptr ? named
                 : body != nullptr  ? body
                                    : root;
  page.is_article = page.content == main || page.content == article;
  return page;
}

/// Keywords, description, author and language of the head.
void read_metas(const Page& page, const GumboNode* root, DocumentBuilder& builder) {
  for (const GumboNode* n : page.metas) {
    const GumboElement& e = n->v.element;
    for (const std::string_view name : {"keywords", "description", "author"})
      if (attribute(e, "name") == name) builder.metadata(std::string(name), attribute(e, "content"));
  }
  for_each_element(root, [&](const GumboNode* n) {
    if (n->v.element.tag == GUMBO_TAG_HTML) builder.metadata("html_lang", attribute(n->v.element, "lang"));
    return false;
  });
}

/// Is the heading's text wholly a link to another page than `path`?
bool names_another_page(const GumboNode* heading, const HtmlWalker& walker, std::string_view path) {
  const std::vector<const GumboNode*> links = own_descendants(heading, GUMBO_TAG_A, GUMBO_TAG_TABLE);
  const auto link =
      std::ranges::find_if(links, [](const GumboNode* a) { return !attribute(a->v.element, "href").empty(); });
  if (link == links.end() || walker.flat_text(*link) != walker.flat_text(heading)) return false;
  std::string_view target = attribute((*link)->v.element, "href");
  target = target.substr(0, target.find_first_of("#?"));
  return !target.empty() && target.substr(target.rfind('/') + 1) != path.substr(path.rfind('/') + 1);
}

struct Headings {
  std::string first, h1;               ///< Texts of the first heading and the first h1; empty if there is none.
  const GumboNode* foreign = nullptr;  ///< The first heading, if it is not the page's own name.
};

/// A first heading that is wholly a link to another page, and the only such one of its level, does not say what this
/// page is about: a site's name that links home, or a heading that a translation took from the wrong page. Several are
/// a list.
Headings survey_headings(const Page& page, const HtmlWalker& walker, std::string_view path) {
  std::vector<const GumboNode*> nodes;
  for_each_element(page.content, [&](const GumboNode* n) {
    if (n != page.content && is_left_out(n->v.element, page.is_article)) return false;
    if (heading_level(n->v.element) == 0) return true;
    if (!walker.flat_text(n).empty()) nodes.push_back(n);
    return false;
  });
  Headings found;
  if (!nodes.empty() && page.title != nullptr && names_another_page(nodes[0], walker, path)) {
    const int level = heading_level(nodes[0]->v.element);
    const auto same = std::ranges::count_if(nodes, [&](const GumboNode* n) {
      return heading_level(n->v.element) == level && names_another_page(n, walker, path);
    });
    if (same == 1) {
      found.foreign = nodes[0];
      nodes.erase(nodes.begin());
    }
  }
  if (!nodes.empty()) found.first = walker.flat_text(nodes[0]);
  for (const GumboNode* n : nodes)
    if (found.h1.empty() && heading_level(n->v.element) == 1) found.h1 = walker.flat_text(n);
  return found;
}

}  // namespace

void extract_html(const Input& input, Output& output) {
  const Decoded decoded = decode(input.bytes, declared_encoding(input.bytes));
  Arena arena;
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = Arena::allocate;
  options.deallocator = Arena::release;
  options.userdata = &arena;
  options.max_errors = 0;  // what is wrong with a page is mended by the parser, not reported
  // Not destroyed on purpose: all its memory is the arena's.
  const GumboOutput* parsed = gumbo_parse_with_options(&options, decoded.text.data(), decoded.text.size());

  const Page page = survey(parsed->root);
  DocumentBuilder builder;
  HtmlWalker walker(builder, input.path, page.is_article);
  const std::string page_title = page.title != nullptr ? walker.flat_text(page.title) : std::string();
  const Headings headings = survey_headings(page, walker, input.path);
  const bool own_h1 = !headings.h1.empty();
  const bool first_is_title = !own_h1 && !headings.first.empty() && headings.first == page_title;
  if (!own_h1 && !first_is_title) builder.title(page_title);
  if (own_h1 && headings.h1 != page_title) builder.metadata("page_title", page_title);
  read_metas(page, parsed->root, builder);
  walker.walk(page.content, first_is_title, headings.foreign);
  builder.metadata("encoding", decoded.encoding == "utf-8" ? "" : decoded.encoding);
  data::Document document = builder.finish();
  document.source.range = {0, input.bytes.size()};
  output.documents.push_back(std::move(document));
}

}  // namespace moru::collect
