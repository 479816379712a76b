//! Null and alternatives through compiled, generated types: read, made and written.

mod common;

use common::{comes_back, received, sent, written};
use exactness::types::*;
use serde_json::{Value, json};

#[test]
fn null_is_a_value_wherever_nullable_stands() {
    let none = json!({"owner": null, "next": null, "order": null, "either": null, "former": null, "held": {"a": null}});
    comes_back::<Ticket>(none.clone());
    assert_eq!(written(&sent::<TicketRequest>(none.clone()).expect("null is a value")), none);
    let made = TicketRequest::new(TicketRequestRequired { owner: None, next: None }).order_null().either_null();
    assert_eq!(written(&made), json!({"owner": null, "next": null, "order": null, "either": null}));
    assert!(sent::<TicketRequest>(json!({"owner": null, "next": null, "order": "up"})).is_err());
}

#[test]
fn a_list_that_holds_its_like_ends_with_null() {
    let inner = TicketRequest::new(TicketRequestRequired { owner: None, next: None });
    let outer = TicketRequest::new(TicketRequestRequired { owner: None, next: Some(Box::new(inner)) });
    let json = json!({"owner": null, "next": {"owner": null, "next": null}});
    assert_eq!(written(&outer.clone()), json);
    comes_back::<Ticket>(json);
    assert!(sent::<TicketRequest>(json!({"owner": null, "next": {}})).is_err());
}

#[test]
fn what_stands_beside_a_union_is_in_every_variant() {
    for event in [json!({"id": "1", "by": "a", "note": "n"}), json!({"id": "1", "reason": "done"})] {
        comes_back::<Event>(event.clone());
        assert_eq!(written(&sent::<EventRequest>(event.clone()).expect("one fits")), event);
    }
    assert!(matches!(received::<Event>(json!({"id": "1", "by": "a"})), Event::Opened(opened) if opened.id == "1"));
    let opened = Opened::new(OpenedRequired { by: "a".into(), id: "1".into() }).note("n");
    assert_eq!(written(&EventRequest::from(opened)), json!({"id": "1", "by": "a", "note": "n"}));
    let newer = json!({"id": "1", "moved": true});
    assert!(matches!(received::<Event>(newer.clone()), Event::Unknown(_)));
    comes_back::<Event>(newer);
    for event in [json!({"by": "a"}), json!({"id": "1"}), json!({"id": "1", "by": "a", "reason": "both"})] {
        assert!(sent::<EventRequest>(event.clone()).is_err(), "{event}");
    }
}

#[test]
fn a_second_union_stands_in_each_alternative_of_the_first() {
    for delivery in [
        json!({"at": "noon", "street": "a", "cash": 1}),
        json!({"at": "noon", "street": "a", "card": "b"}),
        json!({"at": "noon", "box": 2, "card": "b"}),
    ] {
        comes_back::<Delivery>(delivery.clone());
        assert_eq!(written(&sent::<DeliveryRequest>(delivery.clone()).expect("one of each fits")), delivery);
    }
    for delivery in [
        json!({"at": "noon", "street": "a"}),
        json!({"at": "noon", "cash": 1}),
        json!({"street": "a", "cash": 1}),
        json!({"at": "noon", "street": "a", "cash": 1, "card": "b"}),
        json!({"at": "noon", "street": "a", "box": 2, "cash": 1}),
    ] {
        assert!(sent::<DeliveryRequest>(delivery.clone()).is_err(), "{delivery}");
    }
}

#[test]
fn alternatives_that_only_require_names_are_one_struct_and_a_check() {
    let both = ChangeRequest::new().title("a").text("b");
    assert_eq!(written(&both), json!({"title": "a", "text": "b"}));
    let error = |change: &ChangeRequest| serde_json::to_string(change).expect_err("it breaks a rule").to_string();
    assert_eq!(error(&ChangeRequest::new().count(1)), "ChangeRequest: must have `title`, `text`");
    assert_eq!(error(&ChangeRequest::new().title("a").count(1)), "ChangeRequest: must not have `title and count`");
    assert!(sent::<ChangeRequest>(json!({})).is_err());
    assert!(sent::<ChangeRequest>(json!({"text": "a", "count": 1})).is_ok());
    comes_back::<Change>(json!({"count": 1}));
}

#[test]
fn a_discriminated_base_is_the_enum_of_those_that_build_on_it() {
    for vehicle in [
        json!({"kind": "car", "wheels": 4, "doors": 2}),
        json!({"kind": "Truck", "doors": 2, "load": 1.5}),
        json!({"kind": "bike", "bell": true}),
        json!({"kind": "any", "wheels": 1}),
        json!({"kind": "boat", "sails": 2}),
        json!({"wheels": 2}),
    ] {
        comes_back::<Vehicle>(vehicle);
    }
    let json = json!({"kind": "car", "wheels": 4, "doors": 2});
    assert!(matches!(received::<Vehicle>(json.clone()), Vehicle::Car(car) if car.doors == 2 && car.wheels == Some(4)));
    let car = Car::new(CarRequired { kind: "car".into(), doors: 2 }).wheels(4);
    assert_eq!(written(&VehicleRequest::from(car.clone())), json);
    assert_eq!(written(&car), json, "by itself it is a struct");
    let car = Car::new(CarRequired { kind: "no such kind".into(), doors: 2 }).wheels(4);
    assert_eq!(written(&VehicleRequest::from(car)), json, "a variant writes its own tag");
    assert!(sent::<VehicleRequest>(json!({"kind": "boat"})).is_err());
}

#[test]
fn a_known_tag_is_final() {
    let broken = json!({"kind": "car", "wheels": 4, "doors": "two"});
    assert!(matches!(received::<Vehicle>(broken.clone()), Vehicle::Unknown(_)));
    comes_back::<Vehicle>(broken);
    assert!(sent::<VehicleRequest>(json!({"kind": "car", "wheels": 4})).is_err());
}

#[test]
fn a_circle_of_a_base_and_its_children_ends() {
    let cat = json!({"species": "cat", "name": "a", "lives": 9, "friends": [{"species": "dog", "tricks": ["sit"]}]});
    comes_back::<Animal>(cat.clone());
    let animal = received::<Animal>(cat.clone());
    assert!(matches!(&animal.clone(), Animal::Cat(cat) if cat.lives == Some(9)));
    drop(animal);
    assert_eq!(written(&sent::<AnimalRequest>(cat.clone()).expect("a cat")), cat);
}

#[test]
fn alternatives_are_told_apart_by_values_and_formats() {
    use EvidenceMark as Mark;
    let read = |name: &str, value: Value| received::<Evidence>(json!({ name: value }));
    assert_eq!(read("word", json!("frozen")).word, Some(EvidenceWord::Frozen));
    assert_eq!(read("word", json!("new")).word, Some(EvidenceWord::Unknown("new".into())));
    let mark = |text: &str| read("mark", json!(text)).mark.expect("it is there");
    assert!(matches!(mark("550e8400-e29b-41d4-a716-446655440000"), Mark::Uuid(_)));
    assert!(matches!(mark("2024-05-17T13:45:00Z"), Mark::DateTime(_)));
    for value in [
        json!({"level": 2, "mark": "never"}),
        json!({"mark": "now", "list": [1, 2]}),
        json!({"list": ["a", "b"], "either": {"k": "one", "p": "a"}}),
        json!({"list": [], "either": {"k": "two", "q": "a"}}),
        json!({"list": [true], "either": {"q": "a"}}),
        json!({"either": {"k": "three", "q": "a"}}),
    ] {
        comes_back::<Evidence>(value);
    }
    assert!(sent::<EvidenceRequest>(json!({"word": "new"})).is_err());
    assert!(sent::<EvidenceRequest>(json!({"level": 3})).is_err());
    assert_eq!(written(&EvidenceRequest::new().word(EvidenceRequestWord::Active)), json!({"word": "active"}));
}

#[test]
fn a_value_that_fits_two_alternatives_keeps_the_members_of_both() {
    let both = json!({"name": "a", "level": 1, "limit": 2});
    comes_back::<Filter>(both.clone());
    assert_eq!(written(&sent::<FilterRequest>(both.clone()).expect("it fits both")), both);
    let made = ByNameAndByLevel::new().name("a").level(1).limit(2);
    assert_eq!(written(&FilterRequest::from(made)), both);
    assert!(matches!(received::<Filter>(json!({"level": 1, "limit": 2})), Filter::ByLevel(_)));
    assert!(matches!(received::<Filter>(json!({"limit": 2})), Filter::ByName(_)));
    let one = received::<Filter>(json!({"name": "a", "level": "high"}));
    assert!(matches!(&one, Filter::ByName(by_name) if by_name.name.as_deref() == Some("a")), "{one:?}");
    assert!(sent::<FilterRequest>(json!({"level": "high", "name": 1})).is_err());
}

#[test]
fn parts_that_close_themselves_close_the_whole() {
    comes_back::<Chain>(json!({"id": "1", "link": 0.111_855_908_149_809_59}));
    assert_eq!(written(&Chain::new("1").link(1.5)), json!({"id": "1", "link": 1.5}));
    assert!(sent::<Chain>(json!({"id": "1", "other": 2})).is_err());
}

#[test]
fn a_scalar_stays_where_only_undeclared_members_are_forbidden() {
    for value in [json!("a"), json!(1.5), json!(["a", 1.5])] {
        comes_back::<Cell>(value.clone());
        assert_eq!(written(&sent::<CellRequest>(value.clone()).expect("it fits")), value);
    }
    assert!(sent::<CellRequest>(json!({})).is_err());
}

#[test]
fn a_number_that_json_does_not_have_is_not_sent() {
    assert!(serde_json::to_string(&ScalarRequest::from(f64::NAN)).is_err());
    assert!(serde_json::to_string(&CellRequest::from(vec![ScalarRequest::from(f64::INFINITY)])).is_err());
}

#[test]
fn alternatives_without_a_mapping_have_the_tags_that_they_state() {
    let bucket = json!({"kind": "S3", "name": "a"});
    comes_back::<Origin>(bucket.clone());
    assert!(matches!(received::<Origin>(bucket.clone()), Origin::S3(bucket) if bucket.name == "a"));
    assert!(matches!(received::<Origin>(json!({"kind": "FOLDER", "path": "p"})), Origin::Folder(_)));
    assert_eq!(written(&sent::<OriginRequest>(bucket.clone()).expect("it fits")), bucket);
    assert!(sent::<OriginRequest>(json!({"kind": "Bucket", "name": "a"})).is_err());
}

#[test]
fn a_closed_alternative_does_not_drop_the_members_of_one_that_cannot_be_read() {
    let value = json!({"count": "many", "text": "a"});
    assert!(matches!(received::<Pick>(value.clone()), Pick::Unknown(_)));
    comes_back::<Pick>(value);
    comes_back::<Pick>(json!({"text": "a"}));
}

#[test]
fn an_alternative_that_keeps_more_below_is_read() {
    for value in [json!({"all": [{"url": "a"}]}), json!({"all": [{}, {"code": "b"}]}), json!({"all": []})] {
        comes_back::<Links>(value);
    }
}

#[test]
fn a_value_that_holds_its_like_is_written_once_at_each_level() {
    let cat = || CatRequest::new("cat");
    let deep = (0..60).fold(AnimalRequest::from(cat()), |inner, _| cat().friends(vec![inner]).into());
    let text = serde_json::to_string(&deep).expect("it can be written");
    assert_eq!(text.matches("\"species\":\"cat\"").count(), 61);
}

#[test]
fn what_conditions_declare_is_read_and_sent() {
    for parcel in [
        json!({"kind": "letter", "contents": "Dear"}),
        json!({"kind": "box", "contents": ["a", "b"]}),
        json!({"kind": "pallet", "weight": 1.5}),
        json!({"kind": "crate", "contents": {"a": 1}}),
    ] {
        comes_back::<Parcel>(parcel.clone());
        assert_eq!(written(&sent::<ParcelRequest>(parcel.clone()).expect("it is valid")), parcel);
    }
    assert!(sent::<ParcelRequest>(json!({"kind": "box", "contents": "a"})).is_err());
}

#[test]
fn what_a_fitting_alternative_declares_is_not_dropped() {
    comes_back::<Way>(json!({"first": "a", "next": "b"}));
    comes_back::<Scope>(json!({"ref": "a", "name": "b"}));
    comes_back::<Scope>(json!({"ref": "a"}));
    // Kept although no type of ours holds the number.
    comes_back::<Tuning>(json!({"flush": 9_223_372_036_854_776_000_u64, "name": "a"}));
    comes_back::<Tuning>(json!({"flush": 5, "name": "a"}));
}

#[test]
fn a_tag_with_other_values_than_the_names_of_the_alternatives_decides_nothing() {
    for shift in [json!({"kind": "day_shift"}), json!({"kind": "week_shift", "weekday": 1})] {
        comes_back::<Shift>(shift.clone());
        assert_eq!(written(&sent::<ShiftRequest>(shift.clone()).expect("it is valid")), shift);
    }
    assert!(matches!(received::<Shift>(json!({"kind": "week_shift", "weekday": 1})), Shift::WeekShift(_)));
}

#[test]
fn a_closed_object_never_has_what_it_does_not_declare() {
    let alert = json!({"code": "a"});
    assert_eq!(written(&sent::<AlertRequest>(alert.clone()).expect("it has one of the two")), alert);
    assert!(sent::<AlertRequest>(json!({"note": "a"})).is_err());
}
