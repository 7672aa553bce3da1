//! What every backend has to keep. A backend's tests call [`contract_tests!`] with an expression that gives an opener:
//! each call of the opener opens the same store, which is empty at first, for writing.

use super::{Batch, Entry, Head, Record, Store, StoreError};
use crate::model::Kind;
use jiff::Timestamp;

macro_rules! contract_tests {
    ($opener:expr) => {
        $crate::store::contract::contract_tests! { $opener =>
            an_empty_store_has_an_empty_head
            what_is_appended_is_read_back_in_order
            an_append_of_nothing_writes_nothing
            an_import_is_chained_to_what_was_there
            an_import_without_commit_leaves_the_store_as_it_was
            reading_begins_where_it_is_told_and_ends_with_the_first_refusal
            an_import_and_appends_chain_alike
            a_reopened_store_goes_on_where_it_ended
        }
    };
    ($opener:expr => $($name:ident)*) => {
        $(#[test]
        fn $name() {
            let open = $opener;
            $crate::store::contract::$name(&open);
        })*
    };
}
pub(super) use contract_tests;

/// A batch of `n` entries that differ, with texts that a careless encoding would trip over.
pub(super) fn batch(n: usize) -> Batch {
    let odd = ["", "西瓜路 1", "it's \"quoted\"", "line\nbreak", "nul\0inside", "🍉"];
    let entry = |i: usize| Entry {
        kind: Kind::ALL[i % Kind::ALL.len()],
        key: format!("H{i}"),
        body: format!(r#"{{"n":{i},"text":{:?}}}"#, odd[i % odd.len()]),
    };
    let at = "2026-10-05T08:00:00.123456Z".parse().unwrap();
    Batch { at, author: "陈 of grid 12".into(), entries: (0..n).map(entry).collect() }
}

/// All changes, as batches of one, and their numbers.
pub(super) fn everything(store: &Store) -> Vec<(u64, Batch)> {
    let mut all = Vec::new();
    let keep = |r: Record<'_>| {
        let entries = vec![Entry { kind: r.kind, key: r.key.to_owned(), body: r.body.to_owned() }];
        all.push((r.seq, Batch { at: r.at, author: r.author.into(), entries }));
        Ok::<(), StoreError>(())
    };
    store.read(1, keep).unwrap();
    all
}

/// The same entries, one batch each.
fn singles(batch: &Batch) -> Vec<Batch> {
    let single = |entry: &Entry| Batch { at: batch.at, author: batch.author.clone(), entries: vec![entry.clone()] };
    batch.entries.iter().map(single).collect()
}

fn check(store: &Store, expected: &[Batch]) {
    let found: Vec<(u64, Batch)> = everything(store);
    let expected: Vec<(u64, Batch)> = (1..).zip(expected.iter().flat_map(singles)).collect();
    assert_eq!(found, expected);
    assert_eq!(store.verify(|_| ()).unwrap(), store.head());
    assert_eq!(store.head().seq, expected.len() as u64);
}

pub(super) fn an_empty_store_has_an_empty_head(open: &dyn Fn() -> Store) {
    check(&open(), &[]);
    assert_eq!(open().head(), Head::EMPTY);
}

pub(super) fn what_is_appended_is_read_back_in_order(open: &dyn Fn() -> Store) {
    let mut store = open();
    let batches = [batch(1), batch(0), batch(9), batch(3)];
    assert_eq!(store.append(&batches).unwrap(), 1..14);
    assert_eq!(store.append(&batches[2..3]).unwrap(), 14..23);
    check(&store, &[batch(1), batch(9), batch(3), batch(9)]);
    assert_eq!(store.head().at, Some(batches[0].at));
}

pub(super) fn an_append_of_nothing_writes_nothing(open: &dyn Fn() -> Store) {
    let mut store = open();
    assert_eq!(store.append(&[]).unwrap(), 1..1);
    assert_eq!(store.append(&[batch(0)]).unwrap(), 1..1);
    assert_eq!(store.import().unwrap().commit().unwrap(), 1..1);
    check(&store, &[]);
}

pub(super) fn an_import_is_chained_to_what_was_there(open: &dyn Fn() -> Store) {
    let mut store = open();
    store.append(&[batch(5)]).unwrap();
    let mut import = store.import().unwrap();
    let pushed = [batch(1), batch(0), batch(5_000), batch(700), batch(700), batch(700), batch(2_100), batch(2)];
    for batch in &pushed {
        import.push(batch.clone()).unwrap();
    }
    assert_eq!(import.commit().unwrap(), 6..9_209);
    store.append(&[batch(4)]).unwrap();
    check(&store, &[&[batch(5)], &pushed[..], &[batch(4)]].concat());
}

pub(super) fn an_import_without_commit_leaves_the_store_as_it_was(open: &dyn Fn() -> Store) {
    let mut store = open();
    store.append(&[batch(3)]).unwrap();
    let before = store.head();
    let mut import = store.import().unwrap();
    import.push(batch(20_000)).unwrap();
    drop(import);
    assert_eq!(store.head(), before);
    check(&store, &[batch(3)]);
    store.append(&[batch(2)]).unwrap();
    check(&store, &[batch(3), batch(2)]);
}

pub(super) fn reading_begins_where_it_is_told_and_ends_with_the_first_refusal(open: &dyn Fn() -> Store) {
    let mut store = open();
    store.append(&[batch(10)]).unwrap();
    for (from, seqs) in [(0, 1..=10), (1, 1..=10), (8, 8..=10), (10, 10..=10)] {
        let mut read = Vec::new();
        store
            .read::<StoreError>(from, |r| {
                read.push(r.seq);
                Ok(())
            })
            .unwrap();
        assert_eq!(read, seqs.collect::<Vec<u64>>(), "from {from}");
    }
    store.read::<StoreError>(11, |r| panic!("{r:?}")).unwrap();
    store.read::<StoreError>(u64::MAX, |r| panic!("{r:?}")).unwrap();

    let mut read = Vec::new();
    let refused = store.read(3, |r| {
        read.push(r.seq);
        if r.seq == 5 { Err(StoreError::Abandoned) } else { Ok(()) }
    });
    assert!(matches!(refused, Err(StoreError::Abandoned)));
    assert_eq!(read, [3, 4, 5]);
}

pub(super) fn an_import_and_appends_chain_alike(open: &dyn Fn() -> Store) {
    let mut store = open();
    let all = batch(300);
    let mut import = store.import().unwrap();
    import.push(all.clone()).unwrap();
    import.commit().unwrap();
    // The chain depends on the changes alone, not on how they were grouped.
    let mut alone = super::Chain::after(0, super::GENESIS);
    let hashes = alone.link_all(&singles(&all));
    assert_eq!(store.head().hash, *hashes.last().unwrap());
}

pub(super) fn a_reopened_store_goes_on_where_it_ended(open: &dyn Fn() -> Store) {
    let finer_than_kept: Timestamp = "2026-10-05T08:00:00.123456789Z".parse().unwrap();
    let mut store = open();
    store.append(&[Batch { at: finer_than_kept, ..batch(2) }]).unwrap();
    let head = store.head();
    drop(store);
    let mut store = open();
    assert_eq!(store.head(), head);
    assert_eq!(store.append(&[batch(1)]).unwrap(), 3..4);
    check(&store, &[batch(2), batch(1)]);
}
