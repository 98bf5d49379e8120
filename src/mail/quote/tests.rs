use super::{forward_text, reply_text};

/// Text, and what of it is new.
fn table(rows: &[(&str, &str, &str)]) {
    for (name, text, new) in rows {
        assert_eq!(reply_text(text), *new, "{name}");
    }
}

#[test]
fn attributions_above_marked_quotes() {
    for attribution in [
        "On Mon, May 13, 2024 at 10:11 AM Anna Berg <anna@example.org> wrote:",
        "On 13 May 2024, at 10:11, Anna Berg <anna@example.org> wrote:",
        "On 5/13/24 10:11 AM, Anna Berg wrote:",
        "On Mon, 2024-05-13 at 10:11 +0300, Anna Berg wrote:",
        "On Mon, May 13, 2024 at 10:11 AM Anna Berg from the Very Long Department <\nanna.berg.of.the.long.department@example.org> wrote:",
        "On Mon, May 13, 2024 at 10:11 AM\nAnna Berg <anna@example.org>\nwrote:",
        "Anna Berg wrote:",
        "Anna Berg <anna@example.org> writes:",
        "пн, 13 мая 2024 г. в 10:11, Анна Берг <anna@example.org>:",
        "13 мая 2024 г., в 10:11, Анна Берг <anna@example.org> написал(а):",
        "13.05.2024 10:11, Анна Берг пишет:",
        "13.05.2024, 10:11, \"Анна Берг\" <anna@example.org>:",
        "Понедельник, 13 мая 2024, 10:11 +03:00 от Анна Берг <anna@example.org>:",
        "13 мая 2024 г. 10:11:12 GMT+03:00, Анна Берг <anna@example.org> пишет:",
        "Вы писали 13 мая 2024 г., 10:11:12:",
        "Анна Берг писал(а) 2024-05-13 10:11:",
        "Am 13.05.24 um 10:11 schrieb Anna Berg:",
        "Am Mo., 13. Mai 2024 um 10:11 Uhr schrieb Anna Berg <anna@example.org>:",
        "Anna Berg <anna@example.org> schrieb am Mo., 13. Mai 2024, 10:11:",
        "Le lun. 13 mai 2024 à 10:11, Anna Berg <anna@example.org> a écrit :",
        "Le 13/05/2024 à 10:11, Anna Berg a écrit :",
        "El lun, 13 may 2024 a las 10:11, Anna Berg (<anna@example.org>) escribió:",
        "W dniu 13.05.2024 o 10:11, Anna Berg pisze:",
        "pon., 13 maj 2024 o 10:11 Anna Berg <anna@example.org> napisał(a):",
        "пн, 13 трав. 2024 р. о 10:11 Анна Берг <anna@example.org> пише:",
        "13.05.24 10:11, Анна Берг пише:",
        "Il giorno lun 13 mag 2024 alle ore 10:11 Anna Berg <anna@example.org> ha scritto:",
        "Em seg., 13 de mai. de 2024 às 10:11, Anna Berg <anna@example.org> escreveu:",
        "Op ma 13 mei 2024 om 10:11 schreef Anna Berg <anna@example.org>:",
        "man. 13. maj 2024 kl. 10.11 skrev Anna Berg <anna@example.org>:",
        "Den mån 13 maj 2024 kl 10:11 skrev Anna Berg <anna@example.org>:",
        "ma 13. toukok. 2024 klo 10.11 Anna Berg (anna@example.org) kirjoitti:",
        "po 13. 5. 2024 v 10:11 odesílatel Anna Berg <anna@example.org> napsal:",
        "Anna Berg <anna@example.org>, 13 May 2024 Pzt, 10:11 tarihinde şunu yazdı:",
        "2024年5月13日(月) 10:11 Anna Berg <anna@example.org>:",
        "Anna Berg <anna@example.org> 于2024年5月13日周一 10:11写道：",
        "Anna Berg rašė 2024-05-13 10:11:",
    ] {
        let text = format!("Yes, it works.\n\n{attribution}\n\n> Does it work?\n>\n> Anna\n");
        assert_eq!(reply_text(&text), "Yes, it works.", "{attribution}");
        let text = format!("{attribution}\n> Does it work?\n\nYes, it works.\n");
        assert_eq!(reply_text(&text), "Yes, it works.", "{attribution}");
    }
}

#[test]
fn a_question_stays_with_its_answer() {
    table(&[
        (
            "interleaved",
            "On 13 May 2024, at 10:11, Anna <anna@example.org> wrote:\n> Did you restart?\n\nYes.\n\n> Which version?\n\n2.4.\n\n> Bye\n> Anna\n",
            "> Did you restart?\n\nYes.\n\n> Which version?\n\n2.4.",
        ),
        ("a quote of the author's own", "You say\n\n> restart it\n\nbut how?", "You say\n\n> restart it\n\nbut how?"),
        ("an announced quote at the end", "The log says:\n> disk full", "The log says:\n\n> disk full"),
        ("nothing but a quote", "> Did you restart?", "> Did you restart?"),
    ]);
}

#[test]
fn outlook_forwards_are_content() {
    let text = "Please have a look.\n\nFrom: Boris <boris@example.net>\nSent: Monday, May 13, 2024 10:11 AM\nTo: Anna <anna@example.org>\nSubject: Printer\n\nIt smokes.";
    assert_eq!(reply_text(text), "Please have a look.");
    assert_eq!(forward_text(text), text);
}
