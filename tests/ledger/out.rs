//! Workbooks that go out: what they hold, and in which layout.

use super::*;

#[test]
fn a_ledger_holds_the_callers_households_in_order_and_says_what_it_was_made_from() {
    let place = Place::new();
    place.client("admin").visit("018f3b6e-0000-7000-8000-000000000001", &home(0, 1).code, "partly");
    let file = place.ledger("member", GRIDS[0]);
    let sheet = cells(&file, "Ledger");
    let text = |at: &str| sheet.get(at).map(CellValue::text).unwrap_or_default();
    assert_eq!(text("A1"), format!("Small County · {}", GRIDS[0]));
    assert!(text("A2").ends_with("10 households · sample data"), "{}", text("A2"));
    let head: Vec<String> = ["A3", "B3", "E3", "F3", "G3", "J3", "K3", "L3"].map(text).into();
    assert_eq!(head, ["No.", "Household code", "Address", "Persons", "Status", "Last visit", "Outcome", "Visited by"]);
    let row: Vec<String> = ["A5", "B5", "C5", "E5", "F5", "G5", "K5", "L5"].map(text).into();
    let caller = "Caller admin Zhang";
    assert_eq!(row, ["2", "HH01", GRIDS[0], "Melon Lane 1701", "4", "Lived in", "Partly done", caller]);
    assert_eq!(sheet["J5"].day(), Some(jiff::civil::date(2026, 1, 5)), "a day is a day");
    assert_eq!(text("G13"), "Vacant");
    let origin: Vec<String> = cells(&file, "melonmap").into_values().map(|value| value.text()).collect();
    for said in ["Small County", GRIDS[0], "10"] {
        assert!(origin.iter().any(|text| text == said), "{said}: {origin:?}");
    }
    // Beyond the own areas there is nothing, and the township above holds the own grid alone.
    assert!(!texts(&place.ledger("member", TOWNSHIPS[1])).iter().any(|text| text.starts_with("HH")));
    let above = texts(&place.ledger("member", TOWNSHIPS[0]));
    assert_eq!(above.iter().filter(|text| text.starts_with("HH")).count(), 10);
    let member = place.client("member");
    member.get("/api/ledger").wrong("area", "");
    member.get("/api/ledger?area=nowhere").problem(404);
    member.get(&format!("/api/ledger?area={}&campaign=9", GRIDS[0])).problem(404);
    member.get(&format!("/api/ledger?area={}&lang=de", GRIDS[0])).wrong("lang", "de");
    let chinese = texts(&member.get(&format!("/api/ledger?area={}&lang=zh", GRIDS[0])).body);
    for word in ["户编码", "在住", "空户", "部分完成"] {
        assert!(chinese.iter().any(|text| text == word), "{word}: {chinese:?}");
    }
    place.server.stop();
    let trail = place.scratch.run(&["audit"]).out;
    assert!(
        trail.lines().any(|line| line.contains("Caller member Zhang") && line.contains(",read,ledger,10,")),
        "{trail}"
    );
}

#[test]
fn an_office_keeps_its_own_layout_for_an_area_and_all_below_it() {
    let place = Place::new();
    let (coordinator, admin) = (place.client("coordinator"), place.client("admin"));
    let own = Sheet::new(&["民情台账"])
        .row(&["填报单位：西镇", "", ""])
        .row(&["户 号", "家庭详细住址", "家庭人口数（人）", "备注", "包户干部签字"])
        .row(&["1", "x", "3"])
        .done();
    let proposal = coordinator.send("POST", "/api/ledger/layouts/read", &[("content-type", XLSX)], Some(&own)).json();
    let columns = proposal["template"]["columns"].as_array().unwrap();
    let fields: Vec<&str> = columns.iter().map(|column| column["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["code", "address", "persons", "blank", "blank"], "{proposal}");
    assert_eq!(proposal["template"]["title"], json!(["民情台账", "填报单位：西镇"]));
    assert_eq!((&proposal["head"], &proposal["template"]["lang"]), (&json!(3), &json!("zh")));
    let mut layout = proposal["template"].clone();
    layout["name"] = json!("West office");
    let put = |client: &Client, area: &str, layout: &Value| {
        let (text, json) = (layout.to_string(), [("content-type", "application/json")]);
        client.send("PUT", &format!("/api/ledger/layouts/{area}"), &json, Some(text.as_bytes()))
    };
    let kept = put(&coordinator, TOWNSHIPS[0], &layout).json();
    assert_eq!((&kept["area"], &kept["name"]), (&json!(TOWNSHIPS[0]), &json!("West office")));
    put(&coordinator, TOWNSHIPS[1], &layout).wrong("area", TOWNSHIPS[1]);
    put(&place.client("member"), GRIDS[0], &layout).problem(403);
    put(&admin, "nowhere", &layout).problem(404);
    for (member, value, field) in [
        ("columns", json!([]), "columns"),
        ("sheet", json!("a/b"), "sheet"),
        ("lang", json!("de"), "lang"),
        ("columns", json!([{ "field": "height", "header": "h", "width": 9 }]), "field"),
        ("columns", json!([{ "field": "code", "header": "h", "width": 1 }]), "width"),
        ("more", json!(1), "layout"),
    ] {
        let mut bad = layout.clone();
        bad[member] = value;
        let problem = put(&coordinator, TOWNSHIPS[0], &bad).problem(400);
        assert_eq!(problem["field"], field, "{problem}");
    }
    // The grid below takes it, the other township has what is built in.
    let below = texts(&place.ledger("member", GRIDS[0]));
    for word in ["民情台账", "户 号", "家庭详细住址", "包户干部签字", "HH00"] {
        assert!(below.iter().any(|text| text == word), "{word}: {below:?}");
    }
    assert!(texts(&place.ledger("admin", TOWNSHIPS[1])).iter().any(|text| text == "Household code"));
    let signed = edited(&place.ledger("member", GRIDS[0]), &[("E5", "张"), ("C6", "6")]);
    let report = check(&place.client("member"), &signed).json();
    assert_eq!((&report["counts"]["ignored"], &report["counts"]["changed"]), (&json!(1), &json!(1)), "{report}");
    let listed = admin.json("/api/ledger/layouts");
    assert_eq!((listed["templates"].as_array().unwrap().len(), listed["built_in"].as_array().unwrap().len()), (1, 2));
    drop(place.server);
    place.scratch.proved();
}

#[test]
fn the_list_for_today_is_a_workbook_with_the_same_rows() {
    let place = Place::new();
    let member = place.client("member");
    let list = member.json("/api/worklist");
    let reply = member.get("/api/worklist?f=xlsx");
    assert_eq!((reply.status, reply.header("content-type")), (200, XLSX));
    let sheet = cells(&reply.body, "Today");
    for (n, one) in list["households"].as_array().unwrap().iter().enumerate() {
        let text = |column: &str| sheet[&format!("{column}{}", n + 4)].text();
        assert_eq!(text("A"), (n + 1).to_string());
        assert_eq!(
            (text("B"), text("C")),
            (one["code"].as_str().unwrap().into(), one["address"].as_str().unwrap().into())
        );
        assert_eq!(text("F"), "Nobody was reached yet");
    }
    let chinese = texts(&member.get("/api/worklist?f=xlsx&lang=zh").body);
    assert!(chinese.iter().any(|text| text == "尚未走访到"), "{chinese:?}");
    member.get("/api/worklist?f=xlsx&lang=de").wrong("lang", "de");
}
