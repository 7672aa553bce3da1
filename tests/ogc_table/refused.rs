//! Rows 20 and 21, the 404s, and nonsense: a problem that names what was wrong, in a status that the description lists.

use super::COLLECTIONS;
use crate::house::{Client, Reply, Wide};
use crate::ogc::escaped;
use serde_json::Value;

/// Refused with this status, which the description lists for the operation.
#[track_caller]
fn refused(document: &Value, operation: &str, reply: &Reply, status: u16) -> Value {
    let problem = reply.problem(status);
    let below = operation.strip_prefix("/ogc").filter(|rest| !rest.is_empty()).unwrap_or("/");
    let listed = &document["paths"][below]["get"]["responses"][status.to_string()];
    assert!(listed.is_object(), "{operation} lists no {status}");
    problem
}

fn described(client: &Client) -> Value {
    client.json("/ogc/api")
}

#[test]
fn rows_20_and_21_a_parameter_that_cannot_be_or_is_not_known_is_refused() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let document = described(&client);
    for collection in COLLECTIONS {
        let path = format!("/ogc/collections/{collection}/items");
        for (row, name, value) in [
            ("row 20", "limit", "unlimited"),
            ("row 20", "limit", "-1"),
            ("row 20", "limit", "0"),
            ("row 20", "limit", "1.5"),
            ("row 20", "bbox", "1,2,3"),
            ("row 20", "bbox", "a,b,c,d"),
            ("row 20", "bbox", "1,2,3,4,5"),
            ("row 20", "bbox", "1,2,3,4,5,6,7"),
            ("row 20", "bbox", "0,0,0,NaN"),
            ("row 20", "bbox", "0,0,0,91"),
            ("row 20", "bbox", "0,5,0,4"),
            ("row 20", "bbox", ""),
            ("row 20", "datetime", "not-a-date"),
            ("row 20", "datetime", "2024-13-01"),
            ("row 20", "datetime", "2024-01-02/2024-01-01"),
            ("row 20", "datetime", "2024-01-01/2024-01-02/2024-01-03"),
            ("row 20", "datetime", "2024-01-01T00:00:00"),
            ("row 20", "datetime", "P1D/P2D"),
            ("row 20", "datetime", ""),
        ] {
            let reply = client.get(&format!("{path}?{name}={}", escaped(value)));
            let problem = refused(&document, &path, &reply, 400);
            assert_eq!((&problem["field"], &problem["value"]), (&name.into(), &value.into()), "{row}");
            assert!(problem["expected"].is_string(), "{row}: {problem}");
        }
        let reply = client.get(&format!("{path}?unknownQueryParameter12345=1"));
        assert_eq!(refused(&document, &path, &reply, 400)["value"], "unknownQueryParameter12345", "row 21");
    }
    for path in ["/ogc", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/collections/areas/schema"] {
        let reply = client.get(&format!("{path}?unknownQueryParameter12345=1"));
        let problem = refused(&document, path, &reply, 400);
        assert!(problem["detail"].as_str().unwrap().contains("unknownQueryParameter12345"), "row 21: {path}");
    }
}

#[test]
fn row_404_what_is_not_there_is_said_not_to_be_there() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let document = described(&client);
    for path in ["", "/items", "/queryables", "/schema", "/items/1"] {
        client.get(&format!("/ogc/collections/nosuch{path}")).problem(404);
    }
    for collection in COLLECTIONS {
        let operation = format!("/ogc/collections/{collection}/items/{{featureId}}");
        for id in ["nosuch", "a%00b", "a%2Fb", "%2F", "..%2F..%2Fitems", "%F0%9F%8D%89", "'%20OR%201=1", "%20"] {
            let reply = client.get(&format!("/ogc/collections/{collection}/items/{id}"));
            refused(&document, &operation, &reply, 404);
        }
        // No text at all.
        let reply = client.get(&format!("/ogc/collections/{collection}/items/%FF"));
        refused(&document, &operation, &reply, 400);
        let long = client.get(&format!("/ogc/collections/{collection}/items/{}", "x".repeat(10_000)));
        refused(&document, &operation, &long, 414);
    }
}

#[test]
fn nonsense_of_any_length_is_refused_and_the_next_question_answered() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let document = described(&client);
    let path = "/ogc/collections/households/items";
    for (parentheses, status) in [(65, 400), (400, 400), (3_000, 400), (10_000, 414)] {
        let filter = format!("{}code='a'{}", "(".repeat(parentheses), ")".repeat(parentheses));
        let reply = client.get(&format!("{path}?filter={}", filter.replace('\'', "%27")));
        let problem = refused(&document, path, &reply, status);
        assert!(status != 400 || problem["field"] == "filter", "{parentheses}: {problem}");
        let open = client.get(&format!("{path}?filter={}", "(".repeat(parentheses)));
        refused(&document, path, &open, if parentheses < 8_000 { 400 } else { 414 });
    }
    for name in ["limit", "bbox", "datetime", "filter", "crs", "sortby", "properties", "after", "f", "code", "persons"]
    {
        for value in ["%00", "%F0%9F%8D%89", "-1", "1e999", "'", "%22%22", "%5B%5D", "..", "null", "%2C%2C%2C%2C"] {
            let reply = client.get(&format!("{path}?{name}={value}"));
            // A code or a number that nothing has is no nonsense.
            let plain = reply.status == 200 && ["code", "persons", "properties"].contains(&name);
            if !plain {
                refused(&document, path, &reply, 400);
            }
        }
    }
    assert_eq!(client.get(path).status, 200);
}
