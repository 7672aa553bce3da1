use super::super::limits::{OSM_BLOCK_ROWS, OSM_WAY_NODES};
use super::Extract;
use super::writer::{self, Message, Tags, dense, file, header, nodes, relations, ways};
use crate::formats::{FormatError, RawFeature, RowProblem, open};
use geo::{Geometry, wkt};
use std::io::Cursor;

type Read = Vec<Result<(u64, RawFeature), RowProblem>>;

/// What a file gives, and what ended it.
fn read(bytes: &[u8]) -> (Read, Option<FormatError>) {
    let rows = match open(Box::new(Cursor::new(bytes.to_vec())), None) {
        Ok(rows) => rows,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let (mut read, mut end) = (Vec::new(), None);
    for row in rows {
        match row {
            Ok(row) => read.push(Ok((row.row, row.feature().unwrap().unwrap().into_owned()))),
            Err(FormatError::Row(problem)) => read.push(Err(problem)),
            Err(error) => end = Some(error),
        }
    }
    (read, end)
}

/// Code and geometry of each feature, or code and complaint.
fn rows(blocks: &[Message]) -> Vec<(String, Result<Geometry<f64>, String>)> {
    let (read, end) = read(&file(blocks));
    assert!(end.is_none(), "{end:?}");
    let row = |row: Result<(u64, RawFeature), RowProblem>| match row {
        Ok((_, feature)) => {
            let code = feature.id.unwrap().as_str().unwrap().to_owned();
            (code, feature.geometry.map(Option::unwrap))
        }
        Err(problem) => (problem.code.clone().unwrap(), Err(problem.to_string())),
    };
    read.into_iter().map(row).collect()
}

const STREET: Tags<'static> = &[("highway", "residential")];
const HOUSE: Tags<'static> = &[("building", "yes")];

/// Four corners of a square of a thousandth of a degree, and one in its middle.
fn square() -> Vec<(i64, f64, f64, Tags<'static>)> {
    vec![
        (1, 9.5, 47.1, &[]),
        (2, 9.501, 47.1, &[]),
        (3, 9.501, 47.101, &[("highway", "crossing"), ("source", "survey")]),
        (70_000, 9.5, 47.101, &[("created_by", "hand")]),
        (12_000_000_000, 9.5005, 47.1005, &[("entrance", "main"), ("name", "西瓜")]),
    ]
}

#[test]
fn nodes_and_ways_of_use_come_in_order_with_their_tags_and_places() {
    for nodes in [nodes(&square()), dense(&square())] {
        let blocks = [
            nodes,
            ways(&[
                (5, &[1, 2, 3], &[("highway", "residential"), ("lanes", "2"), ("source:width", "estimate")]),
                (6, &[1, 2, 3, 70_000, 1], &[("building", "yes"), ("code", "B7"), ("class", "A")]),
                (7, &[1, 2, 3, 1], STREET),
                (8, &[1, 2, 3, 1], &[("name", "nothing else")]),
                (9, &[1, 2], &[]),
            ]),
        ];
        let (read, end) = read(&file(&blocks));
        assert!(end.is_none(), "{end:?}");
        let read: Vec<(u64, RawFeature)> = read.into_iter().map(Result::unwrap).collect();
        let told: Vec<String> =
            read.iter().map(|(row, f)| format!("{row} {} {:?}", f.id.as_ref().unwrap(), f.properties)).collect();
        assert_eq!(
            told,
            [
                r#"1 "n3" {"highway": String("crossing")}"#,
                r#"2 "n12000000000" {"entrance": String("main"), "name": String("西瓜")}"#,
                r#"3 "w5" {"highway": String("residential"), "lanes": String("2")}"#,
                r#"4 "w6" {"building": String("yes"), "code": String("B7"), "class": String("A")}"#,
                r#"5 "w7" {"highway": String("residential")}"#,
            ]
        );
        let geometries: Vec<Geometry<f64>> =
            read.into_iter().map(|(_, feature)| feature.geometry.unwrap().unwrap()).collect();
        assert_eq!(
            geometries,
            [
                wkt!(POINT(9.501 47.101)).into(),
                wkt!(POINT(9.5005 47.1005)).into(),
                wkt!(LINESTRING(9.5 47.1,9.501 47.1,9.501 47.101)).into(),
                wkt!(POLYGON((9.5 47.1,9.501 47.1,9.501 47.101,9.5 47.101,9.5 47.1))).into(),
                wkt!(LINESTRING(9.5 47.1,9.501 47.1,9.501 47.101,9.5 47.1)).into(),
            ]
        );
    }
}

#[test]
fn the_same_is_read_raw_zipped_gzipped_and_among_blobs_of_types_to_come() {
    let blocks = [dense(&square()), ways(&[(6, &[1, 2, 3, 70_000, 1], HOUSE)])];
    let whole = file(&blocks);
    let (expected, _) = read(&whole);
    assert_eq!(expected.len(), 3);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &whole).unwrap();
    let raw = [
        writer::raw("OSMHeader", &header(&["OsmSchema-V0.6"])),
        writer::zlib("OSMTiger", &Message(vec![7; 99])),
        writer::raw("OSMData", &blocks[0]),
        writer::raw("OSMData", &blocks[1]),
    ];
    for bytes in [encoder.finish().unwrap(), raw.concat()] {
        let (read, end) = read(&bytes);
        assert!(end.is_none(), "{end:?}");
        assert_eq!(read, expected);
    }
}

#[test]
fn coordinates_follow_the_grid_and_offsets_of_their_block() {
    // Steps of a microdegree from 9° E, 47° N.
    let node = Message::default().signed(1, 1).packed(2, [1]).packed(3, [2]).signed(8, 100_000).signed(9, -500);
    let texts =
        ["", "highway", "bus_stop"].iter().fold(Message::default(), |table, text| table.bytes(1, text.as_bytes()));
    let group = Message::default().bytes(1, &node.0);
    let block = Message::default().bytes(1, &texts.0).bytes(2, &group.0).number(17, 1_000);
    let block = block.number(19, 47_000_000_000).number(20, 9_000_000_000);
    assert_eq!(rows(&[block]), [("n1".to_owned(), Ok(wkt!(POINT(8.9995 47.1)).into()))]);
}

#[test]
fn ways_that_carry_their_positions_need_no_nodes() {
    let texts = ["", "highway", "path"].iter().fold(Message::default(), |table, text| table.bytes(1, text.as_bytes()));
    let way = |lons: &[i64]| {
        let way = Message::default().number(1, 4).packed(2, [1]).packed(3, [2]).deltas(8, [77, 78]);
        let way = way.deltas(9, [471_000_000, 471_010_000]).deltas(10, lons.iter().copied());
        Message::default().bytes(1, &texts.0).bytes(2, &Message::default().bytes(3, &way.0).0)
    };
    let line = wkt!(LINESTRING(9.5 47.1,9.501 47.101));
    assert_eq!(rows(&[way(&[95_000_000, 95_010_000])]), [("w4".to_owned(), Ok(line.into()))]);
    let (_, end) = read(&file(&[way(&[95_000_000])]));
    assert!(end.unwrap().to_string().contains("w4 has other positions than nodes"));
}

#[test]
fn what_lacks_a_part_is_a_problem_of_its_row_and_the_rest_is_read() {
    let mut all = square();
    all.push((13_000_000_000, 200.0, 95.0, STREET));
    let blocks = [
        dense(&all),
        ways(&[
            (5, &[1, 2, 99], STREET),
            (6, &[99, 98], &[("name", "of no use")]),
            (7, &[1, 2], STREET),
            (8, &[1, 13_000_000_000], STREET),
        ]),
    ];
    let told: Vec<String> = rows(&blocks)
        .into_iter()
        .map(|(code, row)| format!("{code} {}", row.map_or_else(|e| e, |_| String::new())))
        .collect();
    assert_eq!(
        told,
        [
            "n3 ",
            "n12000000000 ",
            "n13000000000 row 3, geometry: 'n13000000000': is at no place on earth",
            "w5 row 4, geometry: 'n99': is a node of it and has no place in the file",
            "w7 ",
            "w8 row 6, geometry: 'n13000000000': is a node of it and has no place in the file",
        ]
    );
}

#[test]
fn a_file_in_another_order_is_refused_with_what_would_sort_it() {
    let node = |id: i64| dense(&[(id, 9.5, 47.1, &[])]);
    let way = |id: i64| ways(&[(id, &[1], STREET)]);
    let relation = |id: i64| relations(&[(id, &[], &[])]);
    for (blocks, this, last) in [
        (vec![node(2), node(1)], "n1", "n2"),
        (vec![node(2), node(2)], "n2", "n2"),
        (vec![node(1), way(5), node(2)], "n2", "w5"),
        (vec![way(5), way(4)], "w4", "w5"),
        (vec![relation(1), way(5)], "w5", "r1"),
        (vec![relation(3), relation(3)], "r3", "r3"),
    ] {
        let (_, end) = read(&file(&blocks));
        let told = end.unwrap().to_string();
        assert!(told.contains(&format!("{this} comes after {last}")) && told.contains("osmium sort"), "{told}");
    }
    for id in [-1, i64::MIN, 1 << 36] {
        let told = read(&file(&[node(id)])).1.unwrap().to_string();
        assert!(told.contains(&format!("n{id} has no number of OpenStreetMap's")), "{told}");
    }
}

/// What a file whose second block is this is refused for.
fn refusal(block: &[u8]) -> String {
    let header = writer::zlib("OSMHeader", &header(&["OsmSchema-V0.6", "DenseNodes"]));
    let (_, end) = read(&[&header, block].concat());
    let error = end.expect("it is refused");
    assert!(error.is_fatal());
    error.to_string()
}

#[test]
fn a_file_that_is_cut_off_is_refused_wherever_that_is_but_between_two_blocks() {
    let blocks =
        [dense(&square()), ways(&[(6, &[1, 2, 3, 70_000, 1], HOUSE)]), relations(&[(1, &[('w', 6, "")], HOUSE)])];
    let whole = file(&blocks);
    let ends: Vec<usize> = (0..=blocks.len()).map(|n| file(&blocks[..n]).len()).collect();
    let mut refused = 0;
    for length in 0..whole.len() {
        let (_, end) = read(&whole[..length]);
        match end {
            None => assert!(ends.contains(&length), "{length} of {}", whole.len()),
            Some(FormatError::OpenStreetMap { at, reason }) => {
                assert!(reason.contains("cut off") && at == length as u64, "{length}: {reason} at byte {at}");
                refused += 1;
            }
            // Less than what tells the format.
            Some(error) => assert!(length < 15, "{length}: {error}"),
        }
    }
    assert!(refused > 300, "{refused}");
}

#[test]
fn a_file_that_is_cut_off_between_two_blocks_is_told_by_nodes_that_are_in_no_way() {
    let check = |bare: i64, tagged: i64, named: i64, refused: bool| {
        let tags = |id| if id <= bare { &[][..] } else { STREET };
        let all: Vec<_> = (1..=bare + tagged).map(|id| (id, 9.5, 47.1, tags(id))).collect();
        let (one, other): (Vec<i64>, Vec<i64>) = (1..=named).partition(|id| id % 2 == 0);
        let members: Vec<writer::Member<'_>> = other.iter().map(|id| ('n', *id, "")).collect();
        let blocks = [dense(&all), ways(&[(1, &one, &[])]), relations(&[(1, &members, &[("type", "route")])])];
        let told = read(&file(&blocks)).1.map(|error| error.to_string());
        let loose = format!("cut off between two blocks: {} of its nodes", bare - named);
        assert_eq!(told.is_some_and(|told| told.contains(&loose)), refused, "{bare} {tagged} {named}");
    };
    // A few in a small file, nodes that need no way, a hundredth in a larger one.
    check(999, 0, 0, false);
    check(0, 5_000, 0, false);
    check(12_000, 0, 10_801, false);
    check(12_000, 0, 10_800, true);
    check(1_000, 9_000, 0, true);
}

/// Positions in one place, as many as are asked for: a compressed file of them is small.
fn crowd(nodes: usize) -> Vec<i64> {
    vec![1; nodes]
}

#[test]
fn what_would_take_the_memory_of_the_machine_is_refused_with_its_limit() {
    let node = dense(&[(1, 9.5, 47.1, &[])]);
    let full = crowd(OSM_WAY_NODES);
    let rows = rows(&[
        node.clone(),
        ways(&[(1, &crowd(OSM_WAY_NODES + 1), STREET), (2, &full, STREET)]),
        // A relation of as many positions as are read is asked for its shape, one of more for none.
        ways(&(3..34).map(|id| (id, &full[..], &[][..])).collect::<Vec<_>>()),
        relations(&[
            (1, &(3..33).map(|id| ('w', id, "")).collect::<Vec<_>>(), FOREST),
            (2, &(3..34).map(|id| ('w', id, "")).collect::<Vec<_>>(), FOREST),
        ]),
    ]);
    let told: Vec<String> =
        rows.into_iter().map(|(code, row)| format!("{code} {}", row.map_or_else(|e| e, |_| String::new()))).collect();
    assert_eq!(
        told,
        [
            "w1 row 1, geometry: '100001': are more nodes than the 100000 that a way may have",
            "w2 ",
            "r1 collapses to a line or point",
            "r2 row 4, geometry: 'w33': is a border of it beyond the 3000000 positions that an area may have",
        ]
    );
    let id = |i: usize| i64::try_from(i).unwrap();
    let most: Vec<_> = (1..=OSM_BLOCK_ROWS).map(|i| (id(i), 9.5, 47.1, STREET)).collect();
    let one_more: Vec<_> = (1..=OSM_BLOCK_ROWS + 1).map(|i| (id(i), 9.5, 47.1, STREET)).collect();
    let extract = |nodes: &[_]| Extract::new(Box::new(Cursor::new(file(&[dense(nodes)])))).unwrap();
    assert!(extract(&most).next().is_ok());
    let told = extract(&one_more).next().unwrap_err().to_string();
    assert!(told.contains("a block of more than 1000000 things"), "{told}");
}

#[test]
fn nodes_and_ways_are_kept_up_to_a_limit() {
    // Two nodes a page of numbers, and ways that go back and forth between two of them.
    let nodes: Vec<_> = (0..4_000).map(|i| (i * 32_768, 9.5, 47.1, &[][..])).collect();
    let far: Vec<i64> = (0..4_000).map(|i| i * 32_768).collect();
    let whole = file(&[dense(&nodes), ways(&[(1, &far, STREET)])]);
    let end = |most: usize| {
        let mut extract = Extract::new(Box::new(Cursor::new(whole.clone()))).unwrap();
        extract.most = most;
        while extract.next()?.is_some() {}
        Ok::<usize, FormatError>(extract.nodes.bytes() + extract.ways.bytes())
    };
    let kept = end(usize::MAX).unwrap();
    // 10 bytes a node, 32 a page, a block of lines.
    assert!((40_000..1_500_000).contains(&kept), "{kept}");
    assert!(end(kept).is_ok());
    let told = end(kept - 1).unwrap_err().to_string();
    assert!(told.contains(&format!("take {kept} bytes of memory")) && told.contains("osmium extract"), "{told}");
}

#[test]
fn what_cannot_be_read_is_told_with_its_place_and_reason() {
    let block = dense(&square());
    let zipped = writer::zlib("OSMData", &block);
    let mut flipped = zipped.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let claims = |size: i64, data: &[u8]| writer::framed("OSMData", &Message::default().number(2, size).bytes(3, data));
    let deflated = |bytes: &[u8]| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let bomb = deflated(&vec![0; (32 << 20) + 1]);
    let other = |field: u64| writer::framed("OSMData", &Message::default().number(2, 9).bytes(field, b"123"));
    let group = |group: Message| {
        let texts = Message::default().bytes(1, b"").bytes(1, b"highway");
        writer::raw("OSMData", &Message::default().bytes(1, &texts.0).bytes(2, &group.0))
    };
    let in_dense = |dense: Message| group(Message::default().bytes(2, &dense.0));
    let way = |way: Message| group(Message::default().bytes(3, &way.0));
    let relation = |relation: Message| group(Message::default().bytes(4, &relation.0));
    let one = || Message::default().deltas(1, [5]).deltas(8, [0]).deltas(9, [0]);
    let text = Message::default().bytes(1, &Message::default().bytes(1, b"\xff\xfe").0);
    let header_of = |features: &[&str]| writer::raw("OSMHeader", &header(features));
    for (block, reason) in [
        (flipped, "zlib"),
        (claims(100, &deflated(&[0; 99])), "zlib: data of another length than the 100 bytes"),
        (claims(100, &deflated(&[0; 101])), "zlib: data of another length than the 100 bytes"),
        (claims(32 << 20, &bomb), "zlib: data of another length"),
        (claims((32 << 20) + 1, &bomb), "a block of 33554433 bytes once decompressed, at most 33554432 are read"),
        (claims(-1, &bomb), "a block of -1 bytes once decompressed"),
        (writer::framed("OSMData", &Message::default().number(2, 9)), "a block without data"),
        (other(4), "compressed by LZMA: write it anew with osmium cat"),
        (other(5), "compressed by bzip2"),
        (other(6), "compressed by LZ4"),
        (other(7), "compressed by Zstandard"),
        (vec![0, 1, 0, 1], "a block header of 65537 bytes, at most 65536 are read"),
        (vec![0xff; 9], "a block header of 4294967295 bytes"),
        ([&[0, 0, 0, 3][..], b"\x0a\x09O"].concat(), "a broken block header"),
        ([&[0, 0, 0, 14][..], b"\x0a\x07OSMData\x18\x81\x80\x80\x10"].concat(), "a block of 33554433 bytes, at most"),
        (
            [&[0, 0, 0, 20][..], b"\x0a\x07OSMData\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"].concat(),
            "a block of -1 bytes",
        ),
        (writer::raw("OSMData", &Message(vec![0x0a, 0x7f])), ""),
        (writer::raw("OSMData", &text), "text 0 is not UTF-8"),
        (header_of(&["HistoricalInformation"]), "a file with history"),
        (header_of(&["OsmSchema-V0.6", "Teleport"]), "it needs a reader that knows \"Teleport\""),
        (in_dense(one().packed(10, [1, 2, 0])), "a tag has text 2 of 2"),
        (in_dense(one().packed(10, [1, -1, 0])), "a tag has text"),
        (in_dense(one().packed(10, [1])), "a key without a value"),
        (in_dense(one().packed(10, [1, 1, 0, 1, 1, 0])), "tags of more nodes than there are"),
        (in_dense(Message::default().deltas(1, [5, 6]).deltas(8, [0]).deltas(9, [0, 0])), "2 nodes have 1 latitudes"),
        (
            in_dense(Message::default().deltas(1, [5, 6]).packed(8, [-2, 2]).packed(9, [0, 0])),
            "numbers that add up to none",
        ),
        (way(Message::default().number(1, 1).packed(2, [1]).packed(3, [1, 1])), "1 keys have 2 values"),
        (way(Message::default().number(1, 1).packed(8, [-2, 2])), "numbers that add up to none"),
        (relation(Message::default().number(1, 1).packed(9, [2]).packed(10, [1, 1])), "r1 has 1 members and 2 types"),
    ] {
        let told = refusal(&block);
        assert!(told.starts_with("OpenStreetMap extract: ") && told.contains(reason), "{reason}: {told}");
        assert!(told.contains(" at byte "), "{told}");
    }
    let told = read(&writer::raw("OSMData", &block)).1.unwrap().to_string();
    assert!(told.contains("not GeoJSON, FlatGeobuf, CSV or .osm.pbf"), "{told}");
    let two = [writer::raw("OSMHeader", &Message::default()), writer::raw("OSMHeader", &Message::default())].concat();
    assert!(read(&two).1.is_none(), "files may be written one after another");
}

/// Corners of nested squares, four each, counter-clockwise: 11 to 14 the largest, 21 to 24 in it, and so on.
fn nest() -> Vec<(i64, f64, f64, Tags<'static>)> {
    let corners = |n: i32| {
        let (d, far) = (f64::from(n) * 0.001, 0.01 - f64::from(n) * 0.001);
        let corners = (1..).zip([(d, d), (far, d), (far, far), (d, far)]);
        corners.map(move |(i, (lon, lat))| (i64::from(10 * n + i), 9.5 + lon, 47.1 + lat, &[][..]))
    };
    (1..=4).flat_map(corners).collect()
}

const FOREST: Tags<'static> = &[("type", "multipolygon"), ("landuse", "forest")];

/// What the relation 1 of these ways becomes.
fn multipolygon(lines: &[(i64, &[i64])], members: &[writer::Member<'_>]) -> Result<Geometry<f64>, String> {
    let lines: Vec<(i64, &[i64], Tags<'_>)> = lines.iter().map(|(id, nodes)| (*id, *nodes, &[][..])).collect();
    let mut rows = rows(&[dense(&nest()), ways(&lines), relations(&[(1, members, FOREST)])]);
    assert_eq!((rows.len(), rows[0].0.as_str()), (1, "r1"));
    rows.remove(0).1
}

/// Rings of each polygon, the fewest first, and the area in squares of a thousandth of a degree.
fn shape(geometry: &Geometry<f64>) -> (Vec<usize>, f64) {
    use geo::Area;
    crate::geom::validity::check(geometry).unwrap();
    let rings = |p: &geo::Polygon<f64>| 1 + p.interiors().len();
    let mut rings = match geometry {
        Geometry::Polygon(polygon) => vec![rings(polygon)],
        Geometry::MultiPolygon(polygons) => polygons.iter().map(rings).collect(),
        other => panic!("{other:?}"),
    };
    rings.sort_unstable();
    (rings, (geometry.unsigned_area() * 1e6).round())
}

const OUTER: [(i64, &[i64]); 2] = [(1, &[11, 12, 13]), (2, &[11, 14, 13])];

#[test]
fn relations_become_what_their_ways_enclose_whatever_their_roles_say() {
    let check = |lines: &[(i64, &[i64])], members: &[writer::Member<'_>], rings: &[usize], area: f64| {
        let lines = [&OUTER[..], lines].concat();
        let found = multipolygon(&lines, members).unwrap();
        assert_eq!(shape(&found), (rings.to_vec(), area), "{members:?}");
    };
    let (second, third, fourth): (&[i64], &[i64], &[i64]) =
        (&[21, 22, 23, 24, 21], &[31, 32, 33, 34, 31], &[41, 42, 43, 44, 41]);
    // Two ways are one ring, whichever way they run.
    check(&[], &[('w', 1, "outer"), ('w', 2, "outer")], &[1], 64.0);
    // A hole; an island in it; a pond on that. Roles are missing, or say the contrary; nodes and relations are no borders.
    check(&[(3, second)], &[('w', 1, "outer"), ('w', 2, "outer"), ('w', 3, "inner")], &[2], 64.0 - 36.0);
    check(&[(3, second)], &[('w', 3, "outer"), ('w', 2, ""), ('n', 11, "label"), ('w', 1, "inner")], &[2], 64.0 - 36.0);
    let three = [(3, second), (4, third), (5, fourth)];
    let members = [('w', 4, "inner"), ('w', 1, ""), ('w', 3, "outer"), ('w', 2, ""), ('r', 1, "subarea")];
    check(&three, &members, &[1, 2], 64.0 - 36.0 + 16.0);
    let members = [('w', 5, ""), ('w', 4, ""), ('w', 1, ""), ('w', 3, ""), ('w', 2, "")];
    check(&three, &members, &[2, 2], 64.0 - 36.0 + 16.0 - 4.0);
    // A way that is named twice is one way.
    check(&[(3, second)], &[('w', 1, ""), ('w', 2, ""), ('w', 3, ""), ('w', 3, "inner")], &[2], 64.0 - 36.0);
    // Holes that share an edge are one: the square of 21 to 24 cut along its diagonal, each half with ways of its own.
    let halves: [(i64, &[i64]); 2] = [(3, &[21, 22, 23, 21]), (4, &[23, 24, 21, 23])];
    check(&halves, &[('w', 1, ""), ('w', 2, ""), ('w', 3, "inner"), ('w', 4, "inner")], &[2], 64.0 - 36.0);
    // A hole that touches its shell in a corner stays a hole.
    check(&[(3, &[11, 22, 24, 11])], &[('w', 1, ""), ('w', 2, ""), ('w', 3, "inner")], &[2], 64.0 - 24.0);
}

#[test]
fn relations_that_enclose_nothing_for_certain_are_problems_of_their_rows() {
    let check = |lines: &[(i64, &[i64])], members: &[writer::Member<'_>], reason: &str| {
        let told = multipolygon(lines, members).unwrap_err();
        assert!(told.contains(reason), "{told}");
    };
    check(&OUTER, &[('w', 1, "outer")], "ring not closed at 9.501, 47.101");
    check(&OUTER, &[('w', 1, ""), ('w', 2, ""), ('w', 7, "inner")], "'w7': is a border of it and not in the file");
    let lacking: [(i64, &[i64]); 3] = [OUTER[0], OUTER[1], (3, &[21, 22, 99, 21])];
    check(&lacking, &[('w', 1, ""), ('w', 2, ""), ('w', 3, "")], "'w3': is a border of it and lacks nodes in the file");
    check(&OUTER, &[('n', 11, "label")], "it has no borders");
    check(&[(1, &[11, 12, 11])], &[('w', 1, "")], "collapses");
    // One that crosses itself is a geometry, which is refused or repaired where rows are understood.
    let crossing = multipolygon(&[(1, &[11, 13, 12, 14, 11])], &[('w', 1, "outer")]).unwrap();
    let fault = crate::geom::validity::check(&crossing).unwrap_err().fault;
    assert_eq!(fault, crate::geom::validity::Fault::SelfIntersection);
}

#[test]
fn relations_of_other_types_or_no_use_are_passed_over_and_boundaries_are_areas() {
    let members: &[writer::Member<'_>] = &[('w', 1, "outer"), ('w', 2, "outer")];
    let relations = relations(&[
        (1, members, &[("type", "route"), ("landuse", "forest")]),
        (2, members, &[("type", "multipolygon"), ("source", "old")]),
        (3, members, &[("type", "boundary"), ("boundary", "administrative"), ("name", "Vaduz")]),
        (4, &[('w', 77, "outer")], &[("type", "boundary"), ("boundary", "administrative")]),
        (5, members, &[("type", "boundary"), ("leisure", "nature_reserve")]),
    ]);
    let lines: Vec<(i64, &[i64], Tags<'_>)> = OUTER.iter().map(|(id, nodes)| (*id, *nodes, &[][..])).collect();
    let rows = rows(&[dense(&nest()), ways(&lines), relations]);
    assert_eq!(rows.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["r5"]);
}
