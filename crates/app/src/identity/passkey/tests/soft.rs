//! An authenticator in software, for the tests of this crate and of the whole office.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const USER_PRESENT: u8 = 0x01;
pub(crate) const USER_VERIFIED: u8 = 0x04;
const CREDENTIAL_DATA: u8 = 0x40;

/// A minimal authenticator and browser in one (WebAuthn §6.1, §6.5.4; COSE ES256; attestation "none"), with a switch for everything that can be wrong.
pub(crate) struct Soft {
    pub(crate) key: SigningKey,
    pub(crate) id: Vec<u8>,
    pub(crate) user: Vec<u8>,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    pub(crate) origin: String,
    pub(crate) rp_id: String,
    /// Replaces the challenge, to answer another one.
    pub(crate) challenge: Option<String>,
    /// Leaves the user handle out, as old security keys do.
    pub(crate) silent: bool,
    pub(crate) spoil_signature: bool,
}

impl Soft {
    pub(crate) fn new(seed: u8, origin: &str, rp_id: &str) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: vec![seed; 32],
            user: Vec::new(),
            flags: USER_PRESENT | USER_VERIFIED,
            counter: 0,
            origin: origin.into(),
            rp_id: rp_id.into(),
            challenge: None,
            silent: false,
            spoil_signature: false,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = self.challenge.clone().unwrap_or_else(|| options["publicKey"]["challenge"].as_str().unwrap().to_owned());
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false}).to_string().into_bytes()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    pub(crate) fn register(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        self.user = b64d(options["publicKey"]["user"]["id"].as_str().unwrap());
        let mut data = self.authenticator_data(self.flags | CREDENTIAL_DATA);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x.iter());
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y.iter());
        // {"fmt": "none", "attStmt": {}, "authData": bytes}
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt");
        object.push(0x64);
        object.extend(b"none");
        object.push(0x67);
        object.extend(b"attStmt");
        object.extend([0xa0, 0x68]);
        object.extend(b"authData");
        object.push(0x59);
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(&data);
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {"attestationObject": b64(&object), "clientDataJSON": b64(&self.client_data("webauthn.create", &options))},
        })
        .to_string()
    }

    pub(crate) fn sign(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let data = self.authenticator_data(self.flags);
        let client_data = self.client_data("webauthn.get", &options);
        let mut message = data.clone();
        message.extend(Sha256::digest(&client_data));
        let signature: Signature = self.key.sign(&message);
        let mut signature = signature.to_der().as_bytes().to_vec();
        if self.spoil_signature {
            *signature.last_mut().unwrap() ^= 1;
        }
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "authenticatorData": b64(&data), "clientDataJSON": b64(&client_data), "signature": b64(&signature),
                "userHandle": if self.silent { Value::Null } else { b64(&self.user).into() },
            },
        })
        .to_string()
    }
}

pub(crate) fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn b64d(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}
