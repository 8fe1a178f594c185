// Expressions, loosest binding first, in the order of Jinja's own grammar.
#include <charconv>

#include "text/jinja/parser.h"

namespace moru::text::jinja {

NodePointer Parser::binary(std::string text, NodePointer left, NodePointer right) const {
  NodePointer made = node(NodeKind::binary, std::move(text));
  made->children.push_back(std::move(left));
  made->children.push_back(std::move(right));
  return made;
}

NodePointer Parser::tuple(bool condition) {
  const auto one = [&] { return condition ? expression() : either(); };
  const auto ends = [&] {
    return peek().kind == TokenKind::block_end || peek().kind == TokenKind::print_end || is_symbol(")") ||
           is_name("recursive") || is_name("if");
  };
  NodePointer first = one();
  if (!is_symbol(",")) return first;
  NodePointer made = node(NodeKind::tuple);
  made->children.push_back(std::move(first));
  while (skip_symbol(",")) {
    if (ends()) break;
    made->children.push_back(one());
  }
  return made;
}

NodePointer Parser::expression() {
  const Depth depth(*this);
  NodePointer value = either();
  while (skip_name("if")) {
    NodePointer made = node(NodeKind::condition);
    made->children.push_back(std::move(value));
    made->children.push_back(either());
    made->children.push_back(skip_name("else") ? expression() : nullptr);
    value = std::move(made);
  }
  return value;
}

NodePointer Parser::either() {
  NodePointer left = both();
  while (skip_name("or")) left = binary("or", std::move(left), both());
  return left;
}

NodePointer Parser::both() {
  NodePointer left = negation();
  while (skip_name("and")) left = binary("and", std::move(left), negation());
  return left;
}

NodePointer Parser::negation() {
  const Depth depth(*this);
  if (!is_name("not") || peek(1).text == "in") return comparison();
  NodePointer made = node(NodeKind::unary, "not");
  next();
  made->children.push_back(negation());
  return made;
}

NodePointer Parser::comparison() {
  NodePointer first = sum();
  NodePointer made;
  for (;;) {
    std::string sign;
    if (peek().kind == TokenKind::symbol && (peek().text == "==" || peek().text == "!=" || peek().text == "<" ||
                                             peek().text == "<=" || peek().text == ">" || peek().text == ">=")) {
      sign = next().text;
    } else if (is_name("in")) {
      next();
      sign = "in";
    } else if (is_name("not") && peek(1).kind == TokenKind::name && peek(1).text == "in") {
      next();
      next();
      sign = "not in";
    } else {
      return made ? std::move(made) : std::move(first);
    }
    if (!made) {
      made = node(NodeKind::compare);
      made->children.push_back(std::move(first));
    }
    made->names.push_back(std::move(sign));
    made->children.push_back(sum());
  }
}

NodePointer Parser::sum() {
  NodePointer left = concatenation();
  while (is_symbol("+") || is_symbol("-")) {
    std::string sign = next().text;
    left = binary(std::move(sign), std::move(left), concatenation());
  }
  return left;
}

NodePointer Parser::concatenation() {
  NodePointer left = product();
  while (skip_symbol("~")) left = binary("~", std::move(left), product());
  return left;
}

NodePointer Parser::product() {
  NodePointer left = power();
  while (is_symbol("*") || is_symbol("/") || is_symbol("//") || is_symbol("%")) {
    std::string sign = next().text;
    left = binary(std::move(sign), std::move(left), power());
  }
  return left;
}

NodePointer Parser::power() {
  NodePointer left = unary(true);
  while (skip_symbol("**")) left = binary("**", std::move(left), unary(true));
  return left;
}

NodePointer Parser::unary(bool with_filters) {
  const Depth depth(*this);
  NodePointer made;
  if (is_symbol("-") || is_symbol("+")) {
    made = node(NodeKind::unary, next().text);
    made->children.push_back(unary(false));
  } else {
    made = primary();
  }
  made = postfix(std::move(made));
  return with_filters ? filters_and_tests(std::move(made)) : std::move(made);
}

NodePointer Parser::primary() {
  const Token token = peek();
  NodePointer made = node(NodeKind::constant);
  switch (token.kind) {
    case TokenKind::name:
      next();
      if (token.text == "true" || token.text == "True") {
        made->value = true;
      } else if (token.text == "false" || token.text == "False") {
        made->value = false;
      } else if (token.text == "none" || token.text == "None") {
        made->value = Value::None{};
      } else {
        made->kind = NodeKind::name;
        made->text = token.text;
      }
      return made;
    case TokenKind::string: {
      std::string text;
      while (peek().kind == TokenKind::string) text += next().text;
      made->value = Value::written(std::move(text));
      return made;
    }
    case TokenKind::integer: {
      next();
      int64_t number = 0;
      const auto [end, code] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
      if (code != std::errc()) throw SyntaxFault(fmt::format("the number {} is too large", token.text), token.line);
      made->value = number;
      return made;
    }
    case TokenKind::real:
      next();
      made->value = std::strtod(token.text.c_str(), nullptr);
      return made;
    default:
      break;
  }
  if (skip_symbol("(")) {
    if (skip_symbol(")")) {
      made->kind = NodeKind::tuple;
      return made;
    }
    NodePointer inside = tuple();
    expect_symbol(")");
    return inside;
  }
  if (skip_symbol("[")) {
    made->kind = NodeKind::list;
    while (!is_symbol("]")) {
      made->children.push_back(expression());
      if (!skip_symbol(",")) break;
    }
    expect_symbol("]");
    return made;
  }
  if (skip_symbol("{")) {
    made->kind = NodeKind::dict;
    while (!is_symbol("}")) {
      made->children.push_back(expression());
      expect_symbol(":");
      made->children.push_back(expression());
      if (!skip_symbol(",")) break;
    }
    expect_symbol("}");
    return made;
  }
  fail("expected an expression");
}

NodePointer Parser::postfix(NodePointer what) {
  for (;;) {
    if (skip_symbol(".")) {
      NodePointer made = node(NodeKind::attribute);
      if (peek().kind == TokenKind::integer) {
        made->kind = NodeKind::subscript;
        NodePointer index = node(NodeKind::constant);
        index->value = static_cast<int64_t>(std::strtoll(next().text.c_str(), nullptr, 10));
        made->children.push_back(std::move(what));
        made->children.push_back(std::move(index));
      } else {
        made->text = expect_name();
        made->children.push_back(std::move(what));
      }
      what = std::move(made);
    } else if (is_symbol("[")) {
      what = subscript(std::move(what));
    } else if (is_symbol("(")) {
      NodePointer made = node(NodeKind::call);
      made->children.push_back(std::move(what));
      call_arguments(*made);
      what = std::move(made);
    } else {
      return what;
    }
  }
}

NodePointer Parser::subscript(NodePointer what) {
  NodePointer made = node(NodeKind::subscript);
  expect_symbol("[");
  made->children.push_back(std::move(what));
  const auto part = [&]() -> NodePointer { return is_symbol(":") || is_symbol("]") ? nullptr : expression(); };
  NodePointer begin = part();
  if (is_symbol(":")) {
    made->kind = NodeKind::slice;
    made->children.push_back(std::move(begin));
    next();
    made->children.push_back(part());
    made->children.push_back(skip_symbol(":") ? part() : nullptr);
  } else {
    if (!begin) fail("expected an index");
    made->children.push_back(std::move(begin));
  }
  expect_symbol("]");
  return made;
}

void Parser::call_arguments(Node& call) {
  expect_symbol("(");
  while (!is_symbol(")")) {
    Node::Argument argument;
    if (skip_symbol("**")) {
      argument.name = "**";
      argument.spread = true;
    } else if (skip_symbol("*")) {
      argument.spread = true;
    } else if (peek().kind == TokenKind::name && peek(1).kind == TokenKind::symbol && peek(1).text == "=") {
      argument.name = next().text;
      next();
    }
    argument.value = expression();
    call.arguments.push_back(std::move(argument));
    if (!skip_symbol(",")) break;
  }
  expect_symbol(")");
}

/// One filter or a chain of them; `bar`: a "|" stands before the first.
NodePointer Parser::filters(NodePointer what, bool bar) {
  for (bool first = true;; first = false) {
    if (first && bar) expect_symbol("|");
    if (!first && !skip_symbol("|")) return what;
    NodePointer made = node(NodeKind::filter, expect_name());
    while (skip_symbol(".")) made->text += "." + expect_name();
    made->children.push_back(std::move(what));
    if (is_symbol("(")) call_arguments(*made);
    what = std::move(made);
  }
}

NodePointer Parser::filters_and_tests(NodePointer what) {
  for (;;) {
    if (is_symbol("|")) {
      what = filters(std::move(what), true);
    } else if (is_name("is")) {
      next();
      what = test(std::move(what));
    } else if (is_symbol("(")) {
      what = postfix(std::move(what));
    } else {
      return what;
    }
  }
}

NodePointer Parser::test(NodePointer what) {
  NodePointer made = node(NodeKind::test);
  if (skip_name("not")) made->kind = NodeKind::negate_test;
  made->text = expect_name();
  while (skip_symbol(".")) made->text += "." + expect_name();
  made->children.push_back(std::move(what));
  const Token& token = peek();
  if (is_symbol("(")) {
    call_arguments(*made);
  } else if (token.kind == TokenKind::string || token.kind == TokenKind::integer || token.kind == TokenKind::real ||
             is_symbol("[") || is_symbol("{") ||
             (token.kind == TokenKind::name && token.text != "else" && token.text != "or" && token.text != "and" &&
              token.text != "if" && token.text != "in" && token.text != "not" && token.text != "recursive")) {
    if (is_name("is")) fail("tests cannot be chained");
    Node::Argument argument;
    argument.value = postfix(primary());
    made->arguments.push_back(std::move(argument));
  }
  return made;
}

}  // namespace moru::text::jinja
