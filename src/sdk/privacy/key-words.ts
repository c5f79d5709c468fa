/** Whole keys, in lower case, without separators: `tokens` and `maxTokens` count things, `author` is not `auth`. */
export const EXACT_KEYS: ReadonlySet<string> = new Set(
  [
    // passwords
    'password passwd passphrase passcode pwd pass passwords userpassword storepass keypass requirepass masterauth',
    'newpassword oldpassword currentpassword confirmpassword passwordconfirmation repeatpassword userpwd',
    'passwordhash hashedpassword passwordsalt',
    // secrets and tokens
    'secret secrets secretvalue secretstring secretid token jwt idtoken clientassertion codeverifier devicecode',
    'csrfmiddlewaretoken csrf xsrf magiclink resetlink samlresponse',
    'otp otpcode onetimepassword onetimecode mfacode totp totpcode smscode verificationcode recoverycode',
    'recoverycodes backupcodes authcode authorizationcode activationcode',
    'bearertoken bottoken clienttoken csrftoken xsrftoken xcsrftoken xxsrftoken discordtoken ghtoken githubtoken gitlabtoken',
    'hftoken huggingfacetoken invitetoken npmtoken resettoken sastoken securitytoken sessiontoken slackbottoken slacktoken',
    'telegrambottoken usertoken vaulttoken dbpass sessioncookie',
    // keys
    'apikey apikeys xapikey apikeyid appkey secretkey accesskey accesskeyid privatekey privatekeypem',
    'deploykey encryptionkey hmackey masterkey signingkey sshkey awsaccesskeyid',
    'authkey accountkey sharedkey subscriptionkey ocpapimsubscriptionkey sharedaccesskey sharedaccesssignature',
    'seedphrase recoveryphrase mnemonic mnemonicphrase encryptedkey',
    // HTTP and connections
    'authorization proxyauthorization xauthorization auth credential credentials creds cookie cookies setcookie',
    'phpsessid jsessionid aspnetsessionid connectsid connectionstring userpass basicauth httpauth',
    // cards, accounts, persons
    'creditcard creditcardnumber debitcard cardnumber cardno ccnumber ccnum cvv cvv2 cvc cvc2 cardcvc',
    'securitycode cardsecuritycode pin pinnumber cardpin pincode iban accountnumber bankaccount',
    'bankaccountnumber routingnumber ssn socialsecuritynumber socialsecurity nationalid taxid passportnumber',
    'driverslicense drivinglicence driverslicensenumber dateofbirth dob birthdate phone phonenumber telephone',
    'mobilenumber mobilephone cellphone',
    // the words of other languages
    'passwort kennwort passwörter geheimnis zugangsdaten zugangscode geheimzahl',
    'contraseña contrasena contraseñas clave clavesecreta claveprivada motdepasse mdp codesecret',
    'senha senhas palavrapasse chavesecreta parolachiave parola parolă parolasegreta wachtwoord sleutelwoord',
    'lösenord losenord adgangskode passord salasana lykilorð hasło haslo heslo jelszó jelszo lozinka zaporka geslo',
    'slaptažodis slaptazodis parole parool şifre sifre parolası пароль пароля секрет лозинка парола κωδικός σύνθημα',
    'סיסמה סיסמא كلمةالمرور كلمةالسر الرقمالسري رمزعبور گذرواژه پاسورڈ पासवर्ड รหัสผ่าน mậtkhẩu matkhau',
    'katasandi kata_sandi 密码 密碼 口令 密钥 密鑰 秘钥 令牌 パスワード 暗証番号 合言葉 秘密鍵 비밀번호 패스워드 암호 토큰',
  ].flatMap((line) => line.split(' ')),
);

/** The last word of a longer key: what it ends in says what it is. */
export const LAST_WORDS: ReadonlySet<string> = new Set(
  (
    'password passwd passphrase passcode pwd passwords secret credential credentials creds apikey authtoken accesstoken ' +
    'cookie jwt otp cvv cvc ssn iban mnemonic authorization passwort kennwort contraseña contrasena senha wachtwoord ' +
    'пароль 密码 パスワード'
  ).split(' '),
);

/** What may follow the name of a secret: `STRIPE_SECRET_KEY_LIVE`, `passwordBase64`, `secret_value`. */
export const SUFFIXES: ReadonlySet<string> = new Set(
  (
    '0 1 2 3 4 value raw plain plaintext cleartext b64 base64 string prod production dev development staging test live ' +
    'old new current base primary secondary default'
  ).split(' '),
);

/** A token of these is a place in a list, a word of a text, or money. */
export const PAGING_WORDS: ReadonlySet<string> = new Set(
  (
    'next page continuation cursor sync resume resumption pagination paging marker change delta snapshot scroll skip ' +
    'progress stop start end eos bos pad unk mask sep cls special per first last prev previous max min num total count ' +
    'input output prompt completion cached reasoning text image audio unexpected invalid syntax nft native base quote ' +
    'lp collateral pool from to design color css lexer parser tokenizer'
  ).split(' '),
);

/** Before `pass`, which is also what a test does, and what one needs to board. */
export const PASS_QUALIFIERS: ReadonlySet<string> = new Set(
  (
    'db database user admin root mysql postgres postgresql pg redis mongo mongodb smtp mail email imap ftp sftp ssh login ' +
    'my proxy ldap rabbitmq amqp mqtt wifi key keystore store trust truststore cert http auth basic account docker sudo ' +
    'vault service svc client server api app web default master secret rpc vpn sql ssl tls gpg'
  ).split(' '),
);

/** Before `key`: what makes it a secret, and what makes it none. */
export const KEY_QUALIFIERS: ReadonlyMap<string, 'secret' | 'none'> = new Map([
  ...(
    'api secret private access account auth authentication authorization signing signature encryption encrypt decryption ' +
    'crypto cipher aes rsa hmac jwt master shared ssh gpg pgp deploy license licence service admin storage subscription ' +
    'webhook root tls ssl cookie token server integration consumer app application client security symmetric wrapping ' +
    'kms vault stripe openai anthropic gemini sendgrid mailgun twilio datadog algolia'
  )
    .split(' ')
    .map((word) => [word, 'secret'] as const),
  ...(
    'public publishable pub pk primary foreign sort partition cache hash range lookup index unique candidate composite ' +
    'natural surrogate idempotency dedupe map dictionary object bucket s3 file path route routing row column config ' +
    'setting settings translation message i18n label locale react list item group order sorting query metric tag event ' +
    'keyboard hot shortcut modifier arrow enter escape tab shift ctrl alt function registry lock topic queue stream ' +
    'join lint rule feature flag correlation'
  )
    .split(' ')
    .map((word) => [word, 'none'] as const),
]);
