//! Each point of `docs/exactness.md` through compiled, generated types: what a value may be, and what it is in JSON.

mod common;

use common::{comes_back, received, sent, written};
use exactness::types::*;
use serde_json::json;

#[test]
fn point_1_absent_null_and_a_value_are_three_things() {
    let required = || NoteRequired { title: "a".into(), due: None };
    assert_eq!(written(&Note::new(required())), json!({"title": "a", "due": null}));
    assert_eq!(written(&Note::new(required()).text_null()), json!({"title": "a", "due": null, "text": null}));
    assert_eq!(written(&Note::new(required()).text("b")), json!({"title": "a", "due": null, "text": "b"}));
    for text in [json!({"title": "a", "due": null}), json!({"title": "a", "due": "b", "text": null})] {
        comes_back::<Note>(text);
    }
    assert!(sent::<Note>(json!({"title": "a"})).is_err_and(|error| error.contains("`due` is missing")));
    assert!(sent::<Note>(json!({"title": null, "due": null})).is_err_and(|error| error.contains("/title")));
}

#[test]
fn point_1_null_for_absent_is_read_of_a_response_and_refused_in_a_request() {
    let value = json!({"title": "a", "due": null, "author": null});
    assert_eq!(received::<Note>(value.clone()).author, None);
    assert!(sent::<Note>(value).is_err_and(|error| error.contains("/author")));
}

#[test]
fn point_1_a_value_that_holds_its_like_ends_with_null() {
    comes_back::<Link>(json!({"next": {"next": null}}));
    assert!(sent::<Link>(json!({"next": {}})).is_err_and(|error| error.contains("at `/next`: `next` is missing")));
}

#[test]
fn point_2_what_is_required_and_not_declared_is_any_value() {
    for email in [json!("a@example.com"), json!({"local": "a"}), json!(null)] {
        comes_back::<Owner>(json!({ "email": email }));
    }
    assert!(sent::<Owner>(json!({})).is_err());
}

#[test]
fn point_3_each_side_has_its_own_properties() {
    let new = AccountRequest::new("a").expect("short").password("secret");
    assert_eq!(written(&new), json!({"name": "a", "password": "secret"}));
    let account: Account = received(json!({"id": "1", "name": "a", "password": "never sent"}));
    assert_eq!(written(&account), json!({"id": "1", "name": "a"}));
}

#[test]
fn point_3_what_was_read_is_changed_and_sent_back() {
    let account: Account = received(json!({"id": "1", "name": "a", "plan": "FREE"}));
    let mut update = AccountUpdate::try_from(account.clone()).expect("the definition takes what it gives");
    update.name = Some("b".try_into().expect("short"));
    assert_eq!(written(&update), json!({"name": "b", "plan": "FREE"}));
    assert_eq!(written(&AccountUpdate::new().comment_null()), json!({"comment": null}), "only what was set");
    assert_eq!(written(&AccountRequest::try_from(account).expect("no id")), json!({"name": "a", "plan": "FREE"}));
}

#[test]
fn point_3_a_conversion_that_breaks_a_rule_names_the_field() {
    let long: Account = received(json!({"id": "1", "name": "n".repeat(41)}));
    let error = AccountUpdate::try_from(long).expect_err("41 characters");
    assert_eq!(
        (error.field(), error.to_string()),
        ("name", "name: the string has 41 characters, more than 40".to_owned())
    );
    let newer: Points = received(json!({"account": {"id": "1", "name": "a", "plan": "GOLD"}}));
    let error = PointsRequest::try_from(newer).expect_err("no such plan yet");
    assert_eq!((error.field(), error.rule()), ("account.plan", "is no value of AccountRequestPlan"));
    let tree: Tree = received(json!({"name": "a", "id": "1", "children": [{"name": "b".repeat(11), "id": "2"}]}));
    assert_eq!(TreeRequest::try_from(tree).expect_err("11 characters").field(), "children.0.name");
}

#[test]
fn point_4_an_enum_is_closed_where_it_is_sent_and_open_where_it_is_received() {
    let cluster: Cluster = received(json!({"kind": "SERVERLESS"}));
    assert_eq!(cluster.kind, Some(ClusterKind::Unknown("SERVERLESS".into())));
    comes_back::<Cluster>(json!({"kind": "SERVERLESS", "level": 3}));
    assert_eq!(ClusterRequestKind::try_from("BASIC"), Ok(ClusterRequestKind::Basic));
    assert!(ClusterRequestKind::try_from("SERVERLESS").is_err());
    assert!(sent::<ClusterRequest>(json!({"level": 3})).is_err_and(|error| error.contains("not one of 1, 2, 4")));
    assert!(sent::<ClusterRequest>(json!({"code": "abcd"})).is_err(), "it breaks maxLength");
}

#[test]
fn point_4_an_extensible_enum_is_open_on_both_sides() {
    let new = ClusterRequest::new().region(ClusterRegion::from("us-east-1"));
    assert_eq!(new.region, Some(ClusterRegion::UsEast1));
    assert_eq!(written(&new.region("mars-1")), json!({"region": "mars-1"}));
    assert!(sent::<ClusterRequest>(json!({"size": "MEDIUM"})).is_ok());
    assert!(sent::<ClusterRequest>(json!({"size": "ENORMOUS"})).is_err_and(|error| error.contains("more than 6")));
}

#[test]
fn point_4_null_is_a_value_of_an_enum_that_lists_it() {
    for value in [json!({}), json!({"zone": null}), json!({"zone": "a"})] {
        assert_eq!(written(&sent::<ClusterRequest>(value.clone()).expect("valid")), value);
    }
}

#[test]
fn point_5_a_text_is_checked_where_it_is_sent_and_the_error_names_field_and_rule() {
    let key = |text: &str| LabelRequestKey::try_from(text).map_err(|error| error.to_string());
    assert!(key(&"k".repeat(255)).is_ok());
    assert_eq!(key(&"k".repeat(256)).expect_err("too long"), "key: the string has 256 characters, more than 255");
    assert_eq!(key("").expect_err("too short"), "key: the string has 0 characters, fewer than 1");
    assert_eq!(key("K").expect_err("no match"), "key: the string does not match `^[a-z]+$`");
    assert_eq!(received::<Label>(json!({"key": "K".repeat(300)})).key.len(), 300);
    let error = sent::<LabelRequest>(json!({"key": "K"})).expect_err("no match");
    assert!(error.contains("`/key`") && error.contains("^[a-z]+$"), "{error}");
}

#[test]
fn point_5_a_pattern_that_looks_ahead_is_one() {
    assert!(LabelRequestValue::try_from("a1").is_ok());
    assert!(LabelRequestValue::try_from("ab").is_err());
}

#[test]
fn point_5_a_pattern_takes_time_in_proportion_to_the_text() {
    let long = "a".repeat(10_000);
    assert!(LabelRequestHost::try_from(long.as_str()).is_ok());
    assert!(LabelRequestHost::try_from(format!("{long}!")).is_err());
    // `\d` is ten digits, as ECMA-262 says, and not each digit of Unicode.
    assert!(LabelRequestHost::try_from("1").is_ok() && LabelRequestHost::try_from("\u{663}").is_err());
}

#[test]
fn point_5_a_character_is_no_byte() {
    assert!(LabelRequestMessage::try_from("é".repeat(20)).is_ok());
    assert!(LabelRequestMessage::try_from("é".repeat(21)).is_err());
}

#[test]
fn point_6_undeclared_members_are_refused_kept_or_dropped_as_the_definition_says() {
    assert!(sent::<Closed>(json!({"name": "a", "b": 1})).is_err_and(|error| error.contains("`b` is not declared")));
    assert_eq!(written(&received::<Closed>(json!({"name": "a", "b": 1}))), json!({"name": "a"}));
    comes_back::<Config>(json!({"name": "a", "b": "c"}));
    assert!(sent::<Config>(json!({"name": "a", "b": 1})).is_err_and(|error| error.contains("/b")));
    let mut config = Config::new().name("a");
    config.additional_properties.insert("b".into(), "c".into());
    assert_eq!(written(&config), json!({"name": "a", "b": "c"}));
    assert_eq!(written(&sent::<Open>(json!({"name": "a", "b": 1})).expect("valid")), json!({"name": "a"}));
}

#[test]
fn point_6_members_are_counted_before_they_are_sent() {
    let write = |value: &SmallRequest| serde_json::to_string(value).map_err(|error| error.to_string());
    assert_eq!(write(&SmallRequest::new().a(1)), Ok(r#"{"a":1}"#.into()));
    assert_eq!(write(&SmallRequest::new()), Err("SmallRequest: has 0 members, fewer than 1".into()));
    assert!(write(&SmallRequest::new().a(1).b(1).c(1)).is_err());
    assert!(sent::<SmallRequest>(json!({})).is_err());
    comes_back::<Small>(json!({}));
}

#[test]
fn point_7_parts_of_an_all_of_refine_each_other_all_the_way_down() {
    let spec = CreatePlanRequestSpec::new(CreatePlanRequestSpecRequired {
        cloud: "aws".try_into().expect("short"),
        region: "r".into(),
    });
    let plan = CreatePlanRequest::new(spec.zones(vec!["a".to_owned()]));
    assert_eq!(written(&plan), json!({"spec": {"cloud": "aws", "region": "r", "zones": ["a"]}}));
    assert!(sent::<CreatePlanRequest>(json!({"spec": {"cloud": "aws"}})).is_err());
    assert!(CreatePlanRequestSpecCloud::try_from("azure!").is_err(), "the third part bounds what the first declares");
    comes_back::<Plan>(json!({"id": "1", "spec": {"zones": []}}));
}

#[test]
fn point_8_the_discriminator_decides() {
    let access: Access = received(json!({"kind": "token", "secret": "s"}));
    assert!(matches!(&access, Access::Token(token) if token.secret.as_deref() == Some("s")));
    comes_back::<Access>(json!({"kind": "passkey", "device": {"id": 1}}));
    assert!(sent::<AccessRequest>(json!({"kind": "passkey"})).is_err());
    assert!(sent::<AccessRequest>(json!({"kind": "password"})).is_err(), "the password's secret is missing");
}

#[test]
fn point_8_without_one_the_schemas_do() {
    for (value, name) in [(json!(5), "Integer"), (json!("unlimited"), "Unlimited"), (json!({"per_day": 5}), "Object")] {
        let quota: Quota = received(value.clone());
        assert!(format!("{quota:?}").starts_with(name), "{value}: {quota:?}");
        assert_eq!(written(&quota), value);
    }
    comes_back::<Quota>(json!({"per_week": 1}));
    assert!(sent::<QuotaRequest>(json!("limited")).is_err());
}

#[test]
fn point_9_numbers_are_exact() {
    comes_back::<Formats>(
        json!({"large": 9_007_199_254_740_993_i64, "small": -1, "ratio": 0.1, "share": 0.111_855_908_149_809_59}),
    );
    assert!(sent::<FormatsRequest>(json!({"small": 2_147_483_648_i64})).is_err());
    for number in [f64::NAN, f64::INFINITY] {
        assert!(serde_json::to_string(&FormatsRequest::new().ratio(number)).is_err(), "{number} is no JSON");
    }
}

#[test]
fn point_9_dates_keep_their_offset() {
    comes_back::<Formats>(json!({"at": "2024-05-17T13:45:00.250+02:00", "day": "2024-05-17"}));
    let at = |text: &str| received::<Formats>(json!({ "at": text })).at;
    assert_eq!(at("2024-05-17T13:45:00Z"), at("2024-05-17T13:45:00+00:00"), "two texts for one instant");
    for text in ["2024-05-17", "2024-05-17 13:45:00Z", "2024-05-17T13:45:00"] {
        assert!(sent::<FormatsRequest>(json!({ "at": text })).is_err(), "{text}");
    }
    assert!(sent::<FormatsRequest>(json!({"day": "2024-5-7"})).is_err());
}

#[test]
fn point_9_uuids_and_bytes_are_checked_and_uris_are_texts() {
    comes_back::<Formats>(json!({"trace": "550e8400-e29b-41d4-a716-446655440000", "key": "aGVsbG8=", "odd": "12"}));
    comes_back::<Formats>(json!({"site": "no uri", "mail": "no mail", "period": "P1D"}));
    assert_eq!(received::<Formats>(json!({"key": "aGVsbG8="})).key.as_deref(), Some(&b"hello".to_vec()));
    assert!(sent::<FormatsRequest>(json!({"trace": "550e8400e29b41d4a716446655440000"})).is_err());
    assert!(sent::<FormatsRequest>(json!({"key": "no base64!"})).is_err());
    let long = FormatsRequestKey::try_from(openapi_runtime::Base64::from(&[0; 13][..]));
    assert_eq!(long.expect_err("20 characters").to_string(), "key: the string has 20 characters, more than 16");
}

#[test]
fn point_9_integers_are_those_of_their_formats() {
    let (least, greatest) = (
        json!({"tiny": i8::MIN, "short": i16::MIN, "octet": 0, "port": 0, "count": 0, "bytes": 0, "total": 0}),
        json!({"tiny": i8::MAX, "short": i16::MAX, "octet": u8::MAX, "port": u16::MAX, "count": u32::MAX, "bytes": u64::MAX,
               "total": u64::MAX}),
    );
    comes_back::<Formats>(least);
    comes_back::<Formats>(greatest.clone());
    let read: Formats = received(greatest);
    let types: (i8, i16, u8, u16, u32, u64, u64) = (127, 32767, 255, 65535, 4_294_967_295, u64::MAX, u64::MAX);
    assert_eq!((read.tiny, read.short, read.octet), (Some(types.0), Some(types.1), Some(types.2)));
    assert_eq!((read.port, read.count), (Some(types.3), Some(types.4)));
    assert_eq!((read.bytes, read.total), (Some(types.5), Some(types.6)));
    assert_eq!(received::<Formats>(json!({})).count_or_default(), u32::MAX);
    assert!(FormatsRequestPort::try_from(1_u16).is_ok() && FormatsRequestPort::try_from(0_u16).is_err());
    assert!(FormatsRequestTotal::try_from(u64::MAX).is_err());
}

#[test]
fn point_9_a_number_beyond_its_format_is_an_error_that_names_what_reads_it() {
    for (name, format, beyond) in [
        ("tiny", "int8", json!(128)),
        ("short", "int16", json!(-32769)),
        ("small", "int32", json!(2_147_483_648_i64)),
        ("large", "int64", json!(u64::MAX)),
        ("octet", "uint8", json!(-1)),
        ("port", "uint16", json!(65_536)),
        ("count", "uint32", json!(-1)),
        ("bytes", "uint64", json!(-1)),
    ] {
        let error = serde_json::from_value::<Formats>(json!({name: beyond})).expect_err(name).to_string();
        let expected = format!(
            "at `/{name}`: this number is beyond `{format}`; `Config::format(\"{format}\", Format::Wide)` in the build script \
             reads larger ones"
        );
        assert_eq!(error, expected);
        assert!(sent::<FormatsRequest>(json!({name: beyond})).is_err(), "{name}");
    }
    let error = serde_json::from_value::<Formats>(json!({"bytes": 1e20})).expect_err("beyond 64 bits").to_string();
    let rounded = "this number has more than 64 bits, or an exponent, and was rounded when it was read";
    assert_eq!(error, format!("at `/bytes`: {rounded}"));
    let error = serde_json::from_value::<Formats>(json!({"bytes": "secret"})).expect_err("no number").to_string();
    assert_eq!(error, "at `/bytes`: expected an integer, found a string");
    let error = serde_json::from_value::<Formats>(json!({"share": "secret"})).expect_err("no number").to_string();
    assert_eq!(error, "at `/share`: expected a number, found a string");
}

#[test]
fn point_9_all_of_rfc_3339_is_read() {
    for (text, back) in [
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z"),
        ("2017-01-01t01:59:60.5+02:00", "2017-01-01T01:59:60.500+02:00"),
        ("2024-05-17t13:45:00z", "2024-05-17T13:45:00Z"),
        ("2024-05-17T13:45:00.1234567890123Z", "2024-05-17T13:45:00.123456789Z"),
    ] {
        assert_eq!(written(&received::<Formats>(json!({"at": text}))), json!({"at": back}));
        assert_eq!(written(&sent::<FormatsRequest>(json!({"at": text})).expect(text)), json!({"at": back}));
    }
    for text in ["2024-05-17T13:45:00", "2024-05-17 13:45:00Z", ""] {
        let error = serde_json::from_value::<Formats>(json!({"at": text})).expect_err(text).to_string();
        assert!(error.starts_with("at `/at`: ") && error.contains("`Config::format(\"date-time\", "), "{error}");
    }
    // A second of 60 elsewhere than at the end of a day in UTC is no date and time, but no reason to lose a response.
    let odd = json!({"at": "2024-05-17T13:45:60Z"});
    comes_back::<Formats>(odd.clone());
    assert!(sent::<FormatsRequest>(odd).is_err());
}

#[test]
fn point_10_defaults_stand_for_what_is_absent() {
    let none: Paging = received(json!({}));
    assert_eq!((none.size_or_default(), none.order_or_default()), (10, PagingOrder::Asc));
    assert_eq!(none.prefix_or_default(), "all");
    assert!(none.fields_or_default().is_empty());
    let some: Paging = received(json!({"size": 20, "order": "desc", "prefix": "a", "fields": ["b"]}));
    assert_eq!((some.size_or_default(), some.order_or_default()), (20, PagingOrder::Desc));
    assert_eq!((some.prefix_or_default(), some.fields_or_default()), ("a", &["b".to_owned()][..]));
    assert_eq!(PagingRequest::new().prefix_or_default(), "all");
    assert_eq!(written(&PagingRequest::new()), json!({}), "the server applies its own defaults");
}

#[test]
fn point_10_examples_come_back() {
    comes_back::<Paging>(json!({"size": 50, "order": "desc"}));
    assert_eq!(
        written(&sent::<PagingRequest>(json!({"size": 50, "order": "desc"})).expect("valid")),
        json!({"size": 50, "order": "desc"})
    );
}

#[test]
fn point_18_lists_and_numbers_are_checked_where_they_are_sent() {
    let tags =
        |tags: &[&str]| LimitsRequestTags::try_from(tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
    assert!(tags(&["a", "b"]).is_ok());
    assert_eq!(tags(&[]).expect_err("none").to_string(), "tags: the array has 0 items, fewer than 1");
    assert_eq!(tags(&["a", "b", "a"]).expect_err("twice").to_string(), "tags: the array has equal items, 0 and 2");
    assert!(tags(&["a", "b", "c", "d"]).is_err());
    assert_eq!(LimitsRequestPercent::try_from(101).expect_err("above").to_string(), "percent: the number is above 100");
    assert!(LimitsRequestAbove::try_from(0.0).is_err() && LimitsRequestAbove::try_from(0.1).is_ok());
    assert!(LimitsRequestAbove::try_from(f64::NAN).is_err());
    assert!(LimitsRequestUnits::try_from(12).is_err() && LimitsRequestUnits::try_from(15).is_ok());
    assert!(sent::<LimitsRequest>(json!({"labels": {"a": "1", "b": "2", "c": "3"}})).is_err());
    comes_back::<Limits>(json!({"tags": ["a", "a"], "percent": 101, "above": 0.0, "units": 3, "labels": {}}));
}

#[test]
fn point_18_each_rule_is_for_the_values_of_its_type() {
    let uuid = |first: char| format!("{first}67e5504-10b1-426f-9247-bb680e5fe0c8");
    let rows = [
        ("day", json!("2026-01-02"), json!("2025-01-02"), "day`: the string does not match `^2026-`"),
        (
            "instant",
            json!("2026-01-02T03:04:05Z"),
            json!("2026-01-02T03:04:05+01:00"),
            "has 25 characters, more than 20",
        ),
        ("id", json!(uuid('0')), json!(uuid('1')), "id`: the string does not match `^0`"),
        ("bytes", json!("YWJjZA=="), json!("YWJjZGVmZw=="), "bytes`: the string has 12 characters, more than 8"),
        ("word", json!("six"), json!("four"), "word`: the string has 4 characters, more than 3"),
        ("share", json!(0.5), json!(1.0), "share`: the number is not below 1"),
        ("cents", json!(0.07), json!(0.075), "cents`: the number is not a multiple of 0.01"),
        ("small", json!(i32::MAX), json!(0), "small`: the number is not above 0"),
        ("cold", json!(i64::MIN), json!(0), "cold`: the number is above -3"),
        ("half", json!(10), json!(11), "half`: the number is above 10.5"),
        ("half", json!(-1), json!(9_007_199_254_740_993_i64), "half`: the number is above 10.5"),
        ("code", json!("ab"), json!("abc"), "has 3 characters, more than 2"),
        ("large", json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_994_i64), "is above 9007199254740993"),
        ("either", json!("ab"), json!("a"), "either`: the string has 1 characters, fewer than 2"),
        ("either", json!(4), json!(0), "either`: the number is below 2"),
        ("either", json!(4.0), json!(4.5), "either`: the number is not a multiple of 2"),
        ("either", json!(u64::MAX - 1), json!(u64::MAX), "either`: the number is not a multiple of 2"),
        ("either", json!([1, 2]), json!([1, 1.0]), "either`: the array has equal items, 0 and 1"),
        ("either", json!({"a": 1}), json!({"a": 1, "b": 2}), "either`: the object has 2 members, more than 1"),
        ("digit", json!(2), json!(3), "digit`: the number is not one of 1, 2"),
        ("yes", json!(true), json!(false), "yes`: the boolean is not one of true"),
        ("bag", json!({"a": null}), json!({}), "bag`: the object has 0 members, fewer than 1"),
        ("counts", json!({"a": 1}), json!({"a": 1, "b": 2}), "counts`: the object has 2 members, more than 1"),
    ];
    for (name, good, bad, rule) in rows {
        assert_eq!(written(&sent::<KindsRequest>(json!({name: good})).expect(name)), json!({name: good}));
        let error = sent::<KindsRequest>(json!({name: bad})).err().unwrap_or_else(|| panic!("{name}: {bad}"));
        assert!(error.contains(rule), "{error}");
        comes_back::<Kinds>(json!({name: bad}));
    }
}

#[test]
fn point_18_a_checked_value_is_made_of_a_plain_one() {
    assert!(KindsRequestDay::try_from(openapi_runtime::chrono::NaiveDate::MIN).is_err());
    assert!(KindsRequestBytes::try_from(openapi_runtime::Base64(b"abcd".to_vec())).is_ok());
    assert!(KindsRequestEither::try_from(json!(null)).is_ok_and(|value| value.is_null()), "no rule is for null");
    assert!(KindsRequestBag::try_from(serde_json::Map::new()).is_err());
    assert!(
        KindsRequestCounts::try_from([("a".to_owned(), 1)].into_iter().collect::<std::collections::BTreeMap<_, _>>())
            .is_ok()
    );
    assert!(KindsRequestYes::try_from(true).is_ok_and(|yes| *yes));
    assert!("2".parse::<LimitsRequestNamesItem>().is_ok());
}

#[test]
fn point_18_a_list_of_checked_values_is_converted_item_by_item() {
    let request = |value| LimitsRequest::try_from(received::<Limits>(value)).map_err(|error| error.to_string());
    let value = json!({"names": ["a", "b"], "levels": {"a": 9}});
    assert_eq!(request(value.clone()).map(|limits| written(&limits)), Ok(value));
    assert_eq!(
        request(json!({"names": ["a", "b", "c"]})).expect_err("three"),
        "names: the array has 3 items, more than 2"
    );
    assert_eq!(
        request(json!({"names": ["abcdef"]})).expect_err("six"),
        "names.0: the string has 6 characters, more than 5"
    );
    assert_eq!(request(json!({"levels": {"a": 10}})).expect_err("above"), "levels.a: the number is above 9");
}

#[test]
fn point_19_without_a_type_any_value_comes_back() {
    for value in [json!(null), json!(1.5), json!("a"), json!([1, {"a": null}]), json!(9_007_199_254_740_993_i64)] {
        comes_back::<Anything>(json!({"value": value, "short": value, "list": [value]}));
    }
    assert!(sent::<AnythingRequest>(json!({"short": 12345})).is_ok(), "maxLength is for texts");
    assert!(sent::<AnythingRequest>(json!({"short": "12345"})).is_err());
}

#[test]
fn point_20_a_tuple_of_a_response_is_sent_back_unless_it_has_another_length() {
    let journey: Journey = serde_json::from_str(r#"{"start":[1.5,2.5],"version":3,"limit":"unlimited"}"#).unwrap();
    let request = JourneyRequest::try_from(journey).expect("both sides have it");
    assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"version":3,"limit":"unlimited","start":[1.5,2.5]}"#);
    let longer = r#"{"start":[1.5,2.5,3.5]}"#;
    let journey: Journey = serde_json::from_str(longer).unwrap();
    assert_eq!(serde_json::to_string(&journey).unwrap(), longer);
    assert_eq!(JourneyRequest::try_from(journey).expect_err("too long").field(), "start");
    let far = JourneyRequest::new().start((f64::NAN, 0.5));
    assert!(serde_json::to_string(&far).is_err(), "JSON has no NaN");
    let far = JourneyRequest::new().mark((f64::NAN, "far".to_owned()));
    assert!(serde_json::to_string(&far).is_err(), "JSON has no NaN beside a text");
}
