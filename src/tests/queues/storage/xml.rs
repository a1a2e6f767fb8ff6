//! The XML of requests and replies.

use jiff::Timestamp;

use super::account::Letter;

/// The text in `<QueueMessage><MessageText>…</MessageText></QueueMessage>`; `None` for anything else.
pub(super) fn message_text(body: &str) -> Option<String> {
    let body = body.trim();
    let body = body.strip_prefix("<?xml").map_or(Some(body), |rest| rest.split_once("?>").map(|(_, rest)| rest))?.trim();
    let inside = body.strip_prefix("<QueueMessage>")?.strip_suffix("</QueueMessage>")?.trim();
    let text = inside.strip_prefix("<MessageText>")?.strip_suffix("</MessageText>")?;
    (!text.contains('<')).then(|| unescape(text))
}

/// What is told of a message to who put it.
pub(super) fn sent(letter: &Letter) -> String {
    list(&[format!("{}{}", facts(letter), receipt(letter))])
}

/// What is told of messages to who takes them away.
pub(super) fn given(letters: &[Letter]) -> String {
    list(&letters.iter().map(|letter| format!("{}{}{}", facts(letter), receipt(letter), content(letter))).collect::<Vec<_>>())
}

/// What is told of messages to who only looks.
pub(super) fn shown(letters: &[Letter]) -> String {
    list(&letters.iter().map(|letter| format!("{}{}", facts(letter), content(letter))).collect::<Vec<_>>())
}

/// A refusal.
pub(super) fn error(code: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>No.\nRequestId:0\nTime:0</Message></Error>"
    )
}

/// A time as HTTP has it.
pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn list(messages: &[String]) -> String {
    let messages: String = messages.iter().map(|message| format!("<QueueMessage>{message}</QueueMessage>")).collect();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList>{messages}</QueueMessagesList>")
}

fn facts(letter: &Letter) -> String {
    let expires = letter.expires.map_or("Fri, 31 Dec 9999 23:59:59 GMT".to_owned(), date);
    format!(
        "<MessageId>{}</MessageId><InsertionTime>{}</InsertionTime><ExpirationTime>{expires}</ExpirationTime>",
        letter.id,
        date(letter.inserted)
    )
}

fn receipt(letter: &Letter) -> String {
    format!("<PopReceipt>{}</PopReceipt><TimeNextVisible>{}</TimeNextVisible>", letter.receipt, date(letter.visible))
}

fn content(letter: &Letter) -> String {
    format!("<DequeueCount>{}</DequeueCount><MessageText>{}</MessageText>", letter.dequeued, escape(&letter.body))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}
