//! The built-in phrases by which plain words are understood.
//!
//! A phrase is a sequence of words in lower case, with е for ё. `a|b` is either word, `[a|b]` either or none. What is uncertain
//! («вроде работает»), still to come («проверю») or negated is no phrase on purpose: such a message is left to people.

use super::ClauseMeaning;

/// Filler words: they change no meaning, wherever they are.
pub const FILLERS: &[&str] = &["пожалуйста", "плиз", "теперь", "please", "pls", "now", "just", "kindly"];

/// Greetings, which a message may begin with; a name may follow.
pub const GREETINGS: &[&str] = &[
    "здравствуйте|здравствуй|приветствую|привет",
    "добрый|доброго день|дня|вечер|утро|вечера|утра|времени [суток]",
    "доброе утро",
    "уважаемые|дорогие коллеги|друзья",
    "[дорогая|уважаемая] поддержка",
    "hello|hi|hey|dear|greetings [support|team|all|everyone|colleagues|there|sir] [team]",
    "good morning|afternoon|evening|day",
    "dear sir or madam",
];

/// Phrases with which a signature begins.
pub const SIGN_OFFS: &[&str] = &[
    "с уважением",
    "с наилучшими|добрыми пожеланиями",
    "с благодарностью",
    "всего доброго|хорошего|наилучшего",
    "[best|kind|warm|many] regards",
    "best wishes",
    "all the best",
    "sincerely [yours]",
    "yours sincerely|faithfully|truly",
];

/// Words that contrast: what follows them may take back what was said before.
pub const CONTRASTS: &[&str] =
    &["но", "однако", "зато", "потом", "хотя", "but", "however", "though", "although", "then"];

/// Emojis that thank or agree. A message with any other emoji has no certain meaning.
pub const KIND_EMOJIS: &str = "👍👌🙏❤🧡💛💚💙♥😊🙂😀😃😄😁☺🤝👏✅✔🎉🥳💪🔥😉🤗💐🌹☀🙌💯🆗☑🤩😍🥰😇🫡🌟⭐🌸🍀✨";

/// The phrases with their meanings.
pub const PHRASES: &[(ClauseMeaning, &[&str])] = &[
    (
        ClauseMeaning::Nothing,
        &[
            "коллеги",
            "ура",
            "извините|простите|извиняюсь [за] [беспокойство|задержку|поздний] [ответ|с] [ответом]",
            "sorry for [the] [late] delay|trouble|bother|inconvenience|reply|answer",
        ],
    ),
    (ClauseMeaning::Yes, &["да", "yes|yep|yeah|yup"]),
    (
        ClauseMeaning::Assent,
        &[
            "+|++|+++|+1",
            "хорошо|ок|окей|ладно|договорились|ага|угу|согласен|согласна|согласны",
            "получено|получил|получила|получили|прочитано|прочитал|прочитала|прочитали [ваше|ваш] [письмо|ответ|сообщение]",
            "received",
            "ok|okay|sure|agreed",
        ],
    ),
    (ClauseMeaning::Regret, &["увы", "к сожалению", "нет", "unfortunately|sadly|regrettably|no|nope|sorry|alas"]),
    (
        ClauseMeaning::Thanks,
        &[
            "[огромное|большое|громадное|всем|вам] спасибо [огромное|большое|вам|всем|ребята|коллеги] [огромное|большое|вам|всем]",
            "[огромное|большое] спасибо [вам|большое] за [вашу|быструю|быстрый|оперативный|подробный|ваш] [помощь|ответ|поддержку|оперативность|работу|решение|содействие|информацию|внимание|разъяснения|разъяснение|быстроту|терпение|скорость]",
            "спасибочки|спс|благодарю|благодарим|признателен|признательна [вас|вам|всех]",
            "благодарю|благодарим [вас] за [вашу|быструю|быстрый|оперативный|подробный|ваш] [помощь|ответ|поддержку|оперативность|работу|решение|содействие|информацию|внимание]",
            "отлично|супер|прекрасно|замечательно|класс|круто|здорово|великолепно|чудесно|превосходно",
            "понял|поняла|поняли|понятно|принято|принял|приняла|ясно",
            "[вы] [просто] лучшие|молодцы|волшебники",
            "[вам] хорошего|доброго|отличного|продуктивного дня|вечера|вечера|настроения",
            "хороших выходных",
            "danke|merci|gracias|grazie|ty",
            "до свидания|встречи",
            "[many|thousand|big] thanks|thankyou|thx|tnx|cheers [so] [much] [a] [lot|million|bunch|guys|all|team|again]",
            "thank you [all|both|again|guys|kindly] [so|very] [much] [indeed|again]",
            "[many] thanks [so|a] [much|lot] for [all] [the|your|this] [quick|prompt|fast|kind] [help|reply|answer|support|assistance|response|work|update|explanation]",
            "thank you [so|very] [much] for [all] [the|your|this] [quick|prompt|fast|kind] [help|reply|answer|support|assistance|response|work|update|explanation]",
            "[much|very] appreciated",
            "[i|we] [really] appreciate it|this|that",
            "[i|we] [really] appreciate your help",
            "great|perfect|excellent|awesome|wonderful|nice|cool|brilliant|fantastic|lovely [job|work|news]",
            "good|well job|done|work|news",
            "understood|noted",
            "got it",
            "have a nice|good|great day|evening|weekend|one",
        ],
    ),
    (
        ClauseMeaning::Confirm,
        &[
            "[все] [у] [нас|меня] работает [нормально|отлично|хорошо|прекрасно|исправно|штатно|корректно|замечательно|идеально]",
            "[все] [нормально|отлично|хорошо|прекрасно|исправно|штатно|корректно|замечательно|идеально] работает",
            "[все] [у] [нас|меня] заработало|заработал|заработала",
            "сейчас все работает|заработало|нормально|хорошо",
            "все у нас|меня работает|заработало|получилось",
            "у нас|меня все работает|заработало|получилось|нормально|хорошо|отлично",
            "[ваше|ваш] [решение|совет|это|все] помогло|помог",
            "[все] помогло|получилось|решилось|исправилось|наладилось",
            "все в порядке",
            "все ок|ok|окей|хорошо|отлично|супер|нормально|исправлено|починили|решено|решили|устранено",
            "проблема|ошибка|неисправность|неполадка [уже] решена|исправлена|устранена|ушла|пропала|исчезла|решилась",
            "[вопрос|инцидент] [уже] решен|решился|исчерпан",
            "решено|исправлено",
            "[мы|я] [уже] [все] разобрались|разобрался|разобралась",
            "[запрос|заявку|заявка|обращение|тикет|вопрос|инцидент|задачу|задача|его|ее] можно [смело] закрывать|закрыть [эту|этот|это|данную|данный|мою|мой|наш|нашу] [запрос|заявку|обращение|тикет|вопрос|инцидент|задачу]",
            "закройте|закрывайте [эту|этот|это|данную|данный|мою|мой|наш|нашу] [запрос|заявку|обращение|тикет|вопрос|инцидент|задачу]",
            "прошу|просим|просьба закрыть [эту|этот|это|данную|данный|мою|мой|наш|нашу] [запрос|заявку|обращение|тикет|вопрос|инцидент|задачу]",
            "[запрос|заявку|обращение|тикет|вопрос|инцидент|задачу] закройте|закрывайте",
            "подтверждаю|подтверждаем|подтверждено [решение|выполнение|закрытие] [запроса|заявки]",
            "[it|that|this|everything|all] [all] [is] works|worked|working [for] [me|us] [fine|well|perfectly|great|again|correctly|properly|ok|okay] [again] [for] [me|us]",
            "[it|that|this|everything] works like a charm",
            "[it|that|this|everything] works as expected",
            "[it|that|this] [has] [really] helped [a] [lot]",
            "[it|that|this] did|does the trick",
            "[it|that|this] [has] fixed|solved|resolved it|everything",
            "[it|that|this] [has] fixed|solved|resolved the|my|our problem|issue|error",
            "[the|my|our] [it|this|that|everything|problem|issue|error|all] [is|has] [been] solved|resolved|fixed|sorted [out]",
            "all good|fine|ok|okay|set|well|sorted",
            "everything is good|fine|ok|okay|great|perfect",
            "you can|may [go] [ahead] [and] close [it|this|that|the|my|our] [ticket|request|case|issue|call]",
            "go ahead and close [it|this|that|the|my|our] [ticket|request|case|issue|call]",
            "feel free to close [it|this|that|the|my|our] [ticket|request|case|issue|call]",
            "close [it|this|that|the|my|our] [ticket|request|case|issue|call]",
            "[it|this|that|the|my|our] [ticket|request|case|issue|call] can|may be closed",
            "i|we [can] [hereby] confirm [it|that|this] [it] [works|worked|is] [solved|fixed|resolved|working]",
            "confirmed",
        ],
    ),
    (
        ClauseMeaning::Withdraw,
        &[
            "[это] [мне|нам] [это] уже не нужно|надо|требуется|актуально",
            "[это] [мне|нам] [это] больше не нужно|требуется|актуально",
            "[мне|нам] [это] [уже|больше] неактуально",
            "[это] [мне|нам] [это] не актуально",
            "[ваша] помощь [мне|нам] [уже] больше не нужна|требуется",
            "помощь уже не нужна|требуется",
            "[эта|этот|это|данная|данный|моя|мой|наша|наш] запрос|заявка|вопрос|обращение|тикет|инцидент|задача [уже|больше] неактуален|неактуальна|неактуально",
            "[эта|этот|это|данная|данный|моя|мой|наша|наш] запрос|заявка|вопрос|обращение|тикет|инцидент|задача [уже|больше] не актуален|актуальна|актуально",
            "[мой|наш] вопрос [уже] снят|отпал|снимается",
            "необходимость|потребность [уже] отпала",
            "отмените|отзовите|снимите|аннулируйте [эту|этот|это|данную|данный|мою|мой|наш|нашу] запрос|заявку|обращение|тикет",
            "прошу|просим|просьба отменить|отозвать|снять|аннулировать [эту|этот|это|данную|данный|мою|мой|наш|нашу] запрос|заявку|обращение|тикет",
            "[я|мы] отменяю|отменяем|снимаю|снимаем [эту|этот|это|данную|данный|мою|мой|наш|нашу|свой|свою] запрос|заявку|обращение|тикет",
            "[я|мы] отзываю|отзываем [эту|этот|это|данную|данный|мою|мой|наш|нашу|свой|свою] [запрос|заявку|обращение|тикет]",
            "[мы|я] [уже] [все] разобрались|разобрался|разобралась|справились|справился|справилась|решили|решил|решила [все|вопрос|проблему] сами|сам|сама|самостоятельно",
            "[it|this|that|the|my|our] [request|ticket|help] [is] no longer needed|required|relevant|necessary",
            "[it|this|that|the|my|our] [request|ticket|help] [is] not needed|required|relevant anymore",
            "[it|this|that|the|my|our] [request|ticket|help] [is] not needed|required|relevant any more|longer",
            "[i|we] no longer need it|this|that|help",
            "[i|we] no longer need your|the help",
            "i|we don't|dont need it|this|that|help anymore",
            "i|we don't|dont need it|this|that|help any more|longer",
            "i|we do not need it|this|that|help anymore",
            "i|we do not need it|this|that|help any more|longer",
            "cancel [it|this|the|my|our] [request|ticket|case]",
            "withdraw [it|this|the|my|our] request|ticket|case",
            "[i|we] withdraw [it|this|the|my|our] [request|ticket|case]",
            "never mind",
            "nevermind",
            "[i|we] [have] solved|fixed|resolved|sorted it [out] myself|ourselves",
        ],
    ),
    (
        ClauseMeaning::Disagree,
        &[
            "[это|совет|решение|ваше|ваш] [решение|совет] [все] [еще|равно] [так] [и] [по-прежнему] не помогло|помогает|помог|работает|заработало|сработало|решено|исправлено|получилось|устранено",
            "[все] по-прежнему|попрежнему не работает",
            "[вообще|совсем|снова|опять|у] [меня|нас] [все] [вообще|совсем|снова|опять] не работает|помогло|решено",
            "ничего не работает|изменилось|помогло|поменялось",
            "[вопрос|проблема|ошибка] [все] [еще|по-прежнему|так] [и] не решен|решена|исправлена|устранена|ушла",
            "проблема|ошибка [все] [еще|по-прежнему] осталась|остается|повторяется|сохраняется|воспроизводится|прежняя",
            "[все] то же [самое]",
            "[все] тоже самое",
            "[все] та же [самая] ошибка|проблема",
            "без изменений",
            "[все] [осталось] по-прежнему|по-старому",
            "[я|мы] [с] [вами] не согласен|согласна|согласны",
            "[it|that|this|everything] [is] [still|just] not working|solved|resolved|fixed|ok [yet]",
            "[it|that|this|nothing] [still] doesn't|doesnt|don't|didn't|didnt|won't work|help|worked|helped [yet|either|at] [all]",
            "[it|that|this|nothing] [still] does|did|do not work|help [yet|either|at] [all]",
            "[it|that|this] [is] still [the] broken|fails|failing|down|same|wrong [error|problem|issue]",
            "[it|that|this] [is] [exactly] the same",
            "[it|that|this] [is] [exactly] [the] same error|problem|issue|thing|result [again|still]",
            "[the] problem|issue|error [still] persists|remains|exists|occurs|happens",
            "[the|my|our] problem|issue|error is still there",
            "[the|my|our] problem|issue|error is|has [still] not [been] solved|resolved|fixed [yet]",
            "[still] no luck|change|changes|difference|effect",
            "nothing [has] changed",
            "[i|we] disagree",
        ],
    ),
];
