//! The app that people install in Teams.

use serde_json::json;

use super::{archive::Archive, fault::PackageError, icons};

/// The manifest's version. <https://learn.microsoft.com/microsoftteams/platform/resources/schema/manifest-schema>
const MANIFEST_VERSION: &str = "1.17";

/// What a Teams app says of itself.
#[derive(Debug, Clone)]
pub struct TeamsApp {
    /// The bot's application (client) id.
    pub bot_app_id: String,
    /// What people see: at most 30 characters.
    pub name: String,
    /// Who offers it.
    pub developer: String,
    /// Where who offers it is found, with `https://`; privacy and terms of use are looked for there too.
    pub website: String,
}

/// The app's archive: `manifest.json` with `supportsCalling`, without which Teams shows nobody how to call the bot, and two icons.
/// Uploaded in the Teams admin centre, or by whoever may upload apps of their own. The same app gives the same bytes.
///
/// # Errors
/// [`PackageError`], where an icon cannot be drawn.
pub fn teams_app(app: &TeamsApp) -> Result<Vec<u8>, PackageError> {
    let mut archive = Archive::new();
    archive.add("manifest.json", manifest(app).as_bytes(), 0o644)?;
    archive.add("color.png", &icons::color()?, 0o644)?;
    archive.add("outline.png", &icons::outline()?, 0o644)?;
    archive.finish()
}

fn manifest(app: &TeamsApp) -> String {
    let [red, green, blue] = icons::ACCENT;
    let manifest = json!({
        "$schema": format!("https://developer.microsoft.com/json-schemas/teams/v{MANIFEST_VERSION}/MicrosoftTeams.schema.json"),
        "manifestVersion": MANIFEST_VERSION,
        "version": env!("CARGO_PKG_VERSION"),
        "id": app.bot_app_id,
        "developer": {
            "name": app.developer,
            "websiteUrl": app.website,
            "privacyUrl": app.website,
            "termsOfUseUrl": app.website,
        },
        "name": { "short": app.name, "full": app.name },
        "description": { "short": "Takes calls.", "full": "Takes calls, and does what its call flow says." },
        "icons": { "color": "color.png", "outline": "outline.png" },
        "accentColor": format!("#{red:02x}{green:02x}{blue:02x}"),
        "bots": [{
            "botId": app.bot_app_id,
            "scopes": ["personal"],
            "supportsCalling": true,
            "supportsVideo": false,
            "supportsFiles": false,
            "isNotificationOnly": false,
        }],
        "validDomains": [],
    });
    format!("{manifest:#}\n")
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use zip::ZipArchive;

    use super::*;

    fn app() -> TeamsApp {
        TeamsApp {
            bot_app_id: "0f4e1c2a-6b7d-4c3e-9a58-1d2e3f405162".to_owned(),
            name: "Front desk".to_owned(),
            developer: "Contoso".to_owned(),
            website: "https://contoso.example".to_owned(),
        }
    }

    fn file(archive: &[u8], name: &str) -> Vec<u8> {
        let mut content = Vec::new();
        let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
        archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        content
    }

    #[test]
    fn the_bot_of_the_app_can_be_called() {
        let manifest: serde_json::Value = serde_json::from_slice(&file(&teams_app(&app()).unwrap(), "manifest.json")).unwrap();
        assert_eq!(manifest["bots"][0]["supportsCalling"], true);
        assert_eq!(manifest["bots"][0]["botId"], "0f4e1c2a-6b7d-4c3e-9a58-1d2e3f405162");
        assert_eq!(manifest["name"]["short"], "Front desk");
    }

    /// Teams refuses icons of other sizes, and an outline with any colour but white.
    #[test]
    fn the_icons_are_as_teams_wants_them() {
        let archive = teams_app(&app()).unwrap();
        for (name, side) in [("color.png", 192), ("outline.png", 32)] {
            let mut reader = png::Decoder::new(Cursor::new(file(&archive, name))).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            assert_eq!((info.width, info.height), (side, side));
            let (clear, white) = (|pixel: &[u8]| pixel[3] == 0, |pixel: &[u8]| pixel[..3] == [255; 3]);
            match name {
                "color.png" => assert!(pixels.chunks(4).all(|pixel| pixel[3] == 255)),
                _ => assert!(pixels.chunks(4).all(white) && pixels.chunks(4).any(clear)),
            }
            assert!(pixels.chunks(4).any(|pixel| pixel == [255; 4]), "{name} shows nothing");
        }
    }

    #[test]
    fn the_same_app_is_the_same_bytes() {
        assert_eq!(teams_app(&app()).unwrap(), teams_app(&app()).unwrap());
    }
}
