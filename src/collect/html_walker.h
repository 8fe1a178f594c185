// Walks a parsed page and tells a DocumentBuilder what it finds.
#pragma once

#include <gumbo.h>

#include <string>
#include <string_view>
#include <vector>

#include "collect/builder.h"
#include "collect/html_rules.h"

namespace moru::collect {

class HtmlWalker {
 public:
  /// `path`: the page's, which tells whose variants are shown. `in_article`: the root is the page's article.
  HtmlWalker(DocumentBuilder& builder, std::string_view path, bool in_article)
      : builder_(builder), variants_(path), in_article_(in_article) {}

  /// `first_heading_is_title`: the first heading of any level is the page's title; else the first h1 is, if no title
  /// was given to the builder before.
  /// `skipped`: a node that is left out, or nullptr.
  void walk(const GumboNode* root, bool first_heading_is_title, const GumboNode* skipped = nullptr);

  /// The text below a node in one line, without what is left out.
  std::string flat_text(const GumboNode* node) const;

 private:
  struct Item {
    std::string mark;
    bool emitted = false;
  };
  /// What the elements around a piece of text say about it.
  struct Frame {
    std::string_view role;
    Item* item = nullptr;
    int depth = 0;    ///< Of lists.
    int nesting = 0;  ///< Of elements.
    bool caption = false, icon = false;
    bool numbered_steps = false;
  };

  void node(const GumboNode* node, const Frame& frame);
  void element(const GumboNode* node, Frame frame);
  void children(const GumboNode* node, const Frame& frame);
  void heading(const GumboNode* node, int level, const Frame& frame);
  void list(const GumboNode* node, Frame frame);
  void table(const GumboNode* node, const Frame& frame);
  void rows_as_blocks(const std::vector<const GumboNode*>& rows, const Frame& frame);
  void preformatted(const GumboNode* node, const Frame& frame);
  void related(const GumboNode* node);
  void meta(const GumboElement& element);
  void icon(std::string_view name);
  void note_menu_paths();
  void flush(const Frame& frame);

  DocumentBuilder& builder_;
  Variants variants_;
  bool in_article_;
  bool first_heading_is_title_ = false;
  const GumboNode* skipped_ = nullptr;
  std::string inline_;              ///< Text of the block that is being gathered.
  std::vector<data::Range> menus_;  ///< Parts of it that name menu items.
  bool summary_ = false;            ///< It begins with the sentence that says what the thing does.
  int summary_depth_ = 0, menu_depth_ = 0;
};

/// Calls use(node) for a table's rows or a list's items that are its own, not those of a table or list within.
std::vector<const GumboNode*> own_descendants(const GumboNode* root, GumboTag wanted, GumboTag barrier);

}  // namespace moru::collect
