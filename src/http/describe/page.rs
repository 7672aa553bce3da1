//! A description as a page: plain HTML, no script, nothing from elsewhere.

use crate::http::ogc::{frame, text};
use axum::response::Html;
use serde_json::Value;
use std::fmt::Write;

/// Each operation with its parameters, body and answers; `up` is the way back to the root.
pub fn render(document: &Value, up: &str) -> Html<String> {
    let mut body = format!("<p>{}</p>", said(&document["info"]["description"]));
    let operations: Vec<(&str, &str, &Value)> = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, verbs)| {
            verbs.as_object().into_iter().flatten().map(|(verb, op)| (path.as_str(), verb.as_str(), op))
        })
        .collect();
    body.push_str("<nav><ul class=\"links\">");
    for (path, verb, operation) in &operations {
        let _ = write!(
            body,
            "<li><a href=\"#{}\"><code>{} {}</code></a> {}</li>",
            said(&operation["operationId"]),
            verb.to_uppercase(),
            text(path),
            said(&operation["summary"])
        );
    }
    body.push_str("</ul></nav>");
    for (path, verb, operation) in operations {
        one(&mut body, path, verb, operation);
    }
    Html(frame(&format!("{}: the API", document["info"]["title"].as_str().unwrap_or_default()), up, &body))
}

fn one(body: &mut String, path: &str, verb: &str, operation: &Value) {
    let (id, summary) = (said(&operation["operationId"]), said(&operation["summary"]));
    let _ = write!(body, "<h2 id=\"{id}\"><code>{} {}</code></h2><p>{summary}.</p>", verb.to_uppercase(), text(path));
    let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
    if !parameters.is_empty() {
        body.push_str("<div class=\"wide\"><table><tbody>");
        for parameter in parameters {
            let (name, what) = (said(&parameter["name"]), said(&parameter["description"]));
            let needed = if parameter["required"] == true { " (needed)" } else { "" };
            let kind = kind(&parameter["schema"]);
            let _ = write!(
                body,
                "<tr><th scope=\"row\"><code>{name}</code></th><td>{what}{needed}</td><td>{kind}</td></tr>"
            );
        }
        body.push_str("</tbody></table></div>");
    }
    if let Some(content) = operation["requestBody"]["content"].as_object() {
        for (media, shape) in content {
            let _ = write!(body, "<p>Body, <code>{}</code>:</p>{}", text(media), sample(&shape["example"]));
        }
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let _ = write!(body, "<p><strong>{}</strong> {}</p>", text(status), said(&response["description"]));
        for (media, shape) in
            response["content"].as_object().into_iter().flatten().filter(|(_, s)| !s["example"].is_null())
        {
            let _ = write!(
                body,
                "<details><summary><code>{}</code></summary>{}</details>",
                text(media),
                sample(&shape["example"])
            );
        }
    }
}

fn said(value: &Value) -> String {
    text(value.as_str().unwrap_or_default())
}

fn sample(example: &Value) -> String {
    let shown =
        example.as_str().map_or_else(|| serde_json::to_string_pretty(example).unwrap_or_default(), str::to_owned);
    format!("<pre>{}</pre>", text(&shown))
}

/// What a parameter may be, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array().filter(|words| words.len() <= 12) {
        return words.iter().filter_map(Value::as_str).map(text).collect::<Vec<_>>().join(", ");
    }
    let bounds = match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        (Some(least), Some(most)) => format!(" {least} to {most}"),
        (Some(least), None) => format!(" from {least}"),
        _ => String::new(),
    };
    let default = if schema["default"].is_null() { String::new() } else { format!(", else {}", schema["default"]) };
    text(&format!("{}{bounds}{default}", schema["type"].as_str().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_document_says_is_text_on_the_page() {
        let document = json!({ "info": { "title": "T", "description": "a < b" }, "paths": { "/x/{y}": { "post": {
            "operationId": "x", "summary": "Do <it>",
            "parameters": [{ "name": "y", "required": true, "description": "Which.", "schema": { "type": "integer", "minimum": 1, "maximum": 9 } }],
            "requestBody": { "content": { "application/json": { "example": { "a": "<b>" } } } },
            "responses": { "204": { "description": "Done." } },
        } } } });
        let Html(page) = render(&document, "../");
        for part in
            ["a &lt; b", "POST /x/{y}", "Do &lt;it&gt;", "Which. (needed)", "integer 1 to 9", "&lt;b&gt;", "204"]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("<it>") && !page.contains("<script"));
    }
}
