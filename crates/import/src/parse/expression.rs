//! Reduces expressions.

use std::rc::Rc;

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, ArrowFunctionBody, AssignmentTarget, ChainElement, Expression, JSXAttributeItem,
    JSXAttributeValue, JSXChild, JSXElement, MemberExpression, ObjectPropertyKind, PropertyKey, PropertyKind,
    TemplateLiteral,
};
use oxc_span::GetSpan as _;

use super::Reducer;
use crate::syntax::{Expr, Function, Item, Key, Kind, Member, Stmt};

impl Reducer {
    pub(super) fn expression(&self, expression: &Expression<'_>) -> Rc<Expr> {
        let span = expression.span();
        if let Some(member) = expression.as_member_expression() {
            return self.member(member);
        }
        let kind = match expression {
            Expression::NullLiteral(_) => Kind::Null,
            Expression::BooleanLiteral(one) => Kind::Boolean(one.value),
            Expression::NumericLiteral(one) => Kind::Number(one.value),
            Expression::StringLiteral(one) => Kind::Text(one.value.to_string()),
            Expression::RegExpLiteral(one) => Kind::Regex(one.regex.pattern.text.to_string()),
            Expression::TemplateLiteral(one) => self.template(one),
            Expression::Identifier(one) => Kind::Name(one.name.to_string()),
            Expression::ArrayExpression(one) => {
                Kind::Array(one.elements.iter().map(|element| self.element(element)).collect())
            }
            Expression::ObjectExpression(one) => {
                Kind::Object(one.properties.iter().map(|property| self.property(property)).collect())
            }
            Expression::ArrowFunctionExpression(one) => {
                let body = match &one.body {
                    ArrowFunctionBody::FunctionBody(body) => self.block(&body.statements),
                    other => other.as_expression().map_or_else(
                        || Rc::from([]),
                        |value| Rc::from([Stmt::Return(Some(self.expression(value)), self.at(value.span()))]),
                    ),
                };
                Kind::Function(Rc::new(Function {
                    params: self.params(&one.params),
                    rest: self.rest(&one.params),
                    body,
                }))
            }
            Expression::FunctionExpression(one) => return self.function(one),
            Expression::CallExpression(one) => {
                Kind::Call(self.expression(&one.callee), self.arguments(&one.arguments), false)
            }
            Expression::NewExpression(one) => {
                Kind::Call(self.expression(&one.callee), self.arguments(&one.arguments), true)
            }
            Expression::ChainExpression(one) => match &one.expression {
                ChainElement::CallExpression(call) => {
                    Kind::Call(self.expression(&call.callee), self.arguments(&call.arguments), false)
                }
                ChainElement::TSNonNullExpression(inner) => return self.expression(&inner.expression),
                other => match other.as_member_expression() {
                    Some(member) => return self.member(member),
                    None => Kind::Other(Vec::new()),
                },
            },
            Expression::LogicalExpression(one) => {
                Kind::Logical(one.operator.as_str(), self.expression(&one.left), self.expression(&one.right))
            }
            Expression::BinaryExpression(one) => {
                Kind::Binary(one.operator.as_str(), self.expression(&one.left), self.expression(&one.right))
            }
            Expression::UnaryExpression(one) => Kind::Unary(one.operator.as_str(), self.expression(&one.argument)),
            Expression::ConditionalExpression(one) => Kind::Conditional(
                self.expression(&one.test),
                self.expression(&one.consequent),
                self.expression(&one.alternate),
            ),
            Expression::AssignmentExpression(one) => {
                let right = self.expression(&one.right);
                match (&one.left, one.operator.as_str()) {
                    (AssignmentTarget::AssignmentTargetIdentifier(name), _) => {
                        Kind::Assign(self.make(name.span, Kind::Name(name.name.to_string())), right)
                    }
                    (other, _) => match other.as_member_expression() {
                        Some(member) => Kind::Assign(self.member(member), right),
                        None => Kind::Other(vec![right]),
                    },
                }
            }
            Expression::SequenceExpression(one) => {
                Kind::Other(one.expressions.iter().map(|one| self.expression(one)).collect())
            }
            Expression::AwaitExpression(one) => Kind::Await(self.expression(&one.argument)),
            Expression::YieldExpression(one) => {
                Kind::Other(one.argument.iter().map(|value| self.expression(value)).collect())
            }
            Expression::TaggedTemplateExpression(one) => {
                let mut parts = vec![self.expression(&one.tag)];
                parts.extend(one.quasi.expressions.iter().map(|part| self.expression(part)));
                Kind::Other(parts)
            }
            Expression::TSAsExpression(one) => return self.expression(&one.expression),
            Expression::TSSatisfiesExpression(one) => return self.expression(&one.expression),
            Expression::TSTypeAssertion(one) => return self.expression(&one.expression),
            Expression::TSNonNullExpression(one) => return self.expression(&one.expression),
            Expression::TSInstantiationExpression(one) => return self.expression(&one.expression),
            Expression::ClassExpression(one) => return self.class(&one.body.body, one.span),
            Expression::ImportExpression(one) => {
                let import = self.make(span, Kind::Name("import".to_owned()));
                Kind::Call(import, vec![Item::Value(self.expression(&one.source))], false)
            }
            Expression::ImportMeta(_) => Kind::Name("import.meta".to_owned()),
            Expression::JSXElement(one) => Kind::Other(self.element_parts(one)),
            Expression::JSXFragment(one) => Kind::Other(self.children(&one.children)),
            _ => Kind::Other(Vec::new()),
        };
        self.make(span, kind)
    }

    fn template(&self, one: &TemplateLiteral<'_>) -> Kind {
        let text = |part: &oxc_ast::ast::TemplateElement<'_>| part.value.cooked.unwrap_or(part.value.raw).to_string();
        let parts = one.expressions.iter().map(|part| self.expression(part)).collect();
        Kind::Template(one.quasis.iter().map(text).collect(), parts)
    }

    fn member(&self, member: &MemberExpression<'_>) -> Rc<Expr> {
        let span = member.span();
        let kind = match member {
            MemberExpression::StaticMemberExpression(one) => {
                Kind::Member(self.expression(&one.object), Key::Name(one.property.name.to_string()))
            }
            MemberExpression::ComputedMemberExpression(one) => {
                let key = self.expression(&one.expression);
                let key = match &key.kind {
                    Kind::Text(text) => Key::Name(text.clone()),
                    _ => Key::Computed(key),
                };
                Kind::Member(self.expression(&one.object), key)
            }
            MemberExpression::PrivateFieldExpression(one) => Kind::Other(vec![self.expression(&one.object)]),
        };
        self.make(span, kind)
    }

    fn element(&self, element: &ArrayExpressionElement<'_>) -> Item {
        match element {
            ArrayExpressionElement::SpreadElement(spread) => Item::Spread(self.expression(&spread.argument)),
            other => Item::Value(match other.as_expression() {
                Some(value) => self.expression(value),
                None => self.make(other.span(), Kind::Name("undefined".to_owned())),
            }),
        }
    }

    fn arguments(&self, arguments: &[Argument<'_>]) -> Vec<Item> {
        let of = |argument: &Argument<'_>| match argument {
            Argument::SpreadElement(spread) => Item::Spread(self.expression(&spread.argument)),
            other => Item::Value(match other.as_expression() {
                Some(value) => self.expression(value),
                None => self.make(other.span(), Kind::Other(Vec::new())),
            }),
        };
        arguments.iter().map(of).collect()
    }

    fn property(&self, property: &ObjectPropertyKind<'_>) -> Member {
        match property {
            ObjectPropertyKind::SpreadProperty(spread) => Member::Spread(self.expression(&spread.argument)),
            ObjectPropertyKind::ObjectProperty(one) => {
                // The value of a getter is what its function returns.
                let value = match one.kind {
                    PropertyKind::Init => self.expression(&one.value),
                    PropertyKind::Get => {
                        self.make(one.span, Kind::Call(self.expression(&one.value), Vec::new(), false))
                    }
                    PropertyKind::Set => self.make(one.span, Kind::Other(vec![self.expression(&one.value)])),
                };
                Member::Pair(self.key(&one.key, one.computed), value, self.at(one.span))
            }
        }
    }

    fn key(&self, key: &PropertyKey<'_>, computed: bool) -> Key {
        match (key.static_name(), key.as_expression()) {
            (_, Some(expression)) if computed && !expression.is_string_literal() => {
                Key::Computed(self.expression(expression))
            }
            (Some(name), _) => Key::Name(name.to_string()),
            (None, Some(expression)) => Key::Computed(self.expression(expression)),
            (None, None) => Key::Computed(self.make(key.span(), Kind::Other(Vec::new()))),
        }
    }

    fn element_parts(&self, element: &JSXElement<'_>) -> Vec<Rc<Expr>> {
        let mut parts = self.children(&element.children);
        for attribute in &element.opening_element.attributes {
            match attribute {
                JSXAttributeItem::SpreadAttribute(spread) => parts.push(self.expression(&spread.argument)),
                JSXAttributeItem::Attribute(one) => {
                    if let Some(JSXAttributeValue::ExpressionContainer(value)) = &one.value {
                        parts.extend(value.expression.as_expression().map(|value| self.expression(value)));
                    }
                }
            }
        }
        parts
    }

    fn children(&self, children: &[JSXChild<'_>]) -> Vec<Rc<Expr>> {
        let mut parts = Vec::new();
        for child in children {
            match child {
                JSXChild::Element(element) => parts.extend(self.element_parts(element)),
                JSXChild::Fragment(fragment) => parts.extend(self.children(&fragment.children)),
                JSXChild::ExpressionContainer(one) => {
                    parts.extend(one.expression.as_expression().map(|value| self.expression(value)));
                }
                JSXChild::Spread(one) => parts.push(self.expression(&one.expression)),
                JSXChild::Text(_) => {}
            }
        }
        parts
    }
}
