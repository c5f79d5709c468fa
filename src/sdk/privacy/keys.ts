/** Longer keys are not looked up: none in the table comes near, and normalising them would cost. */
const MAX_KEY_LENGTH = 64;

/** Lower case, without separators. Whole keys: `tokens` and `maxTokens` count things, `author` is not `auth`. */
const SENSITIVE_KEYS = new Set(
  [
    // passwords
    'password passwd passwort passphrase passcode pwd pass passwords userpassword',
    'newpassword oldpassword currentpassword confirmpassword passwordconfirmation repeatpassword',
    'passwordhash hashedpassword rootpassword adminpassword masterpassword loginpassword accountpassword',
    'dbpassword dbpass databasepassword postgrespassword pgpassword mysqlpassword mysqlrootpassword',
    'mongopassword redispassword smtppassword emailpassword proxypassword keystorepassword',
    // secrets and tokens
    'secret secrets clientsecret appsecret consumersecret sharedsecret apisecret usersecret secretvalue secretstring',
    'jwtsecret sessionsecret cookiesecret signingsecret webhooksecret totpsecret otpsecret azureclientsecret',
    'token accesstoken refreshtoken idtoken sessiontoken authtoken bearertoken apitoken usertoken clienttoken',
    'securitytoken personalaccesstoken jwt oauthtoken oauthtokensecret tokensecret accesstokensecret',
    'csrftoken xsrftoken xcsrftoken xxsrftoken csrfmiddlewaretoken resettoken invitetoken magiclink sastoken',
    'bottoken slacktoken slackbottoken discordtoken telegrambottoken githubtoken ghtoken gitlabtoken npmtoken',
    'hftoken huggingfacetoken vaulttoken awssessiontoken xauthtoken xaccesstoken xamzsecuritytoken xgoogapikey',
    'codeverifier clientassertion devicecode otp onetimepassword onetimecode mfacode totp',
    'verificationcode recoverycode recoverycodes backupcodes',
    // keys
    'apikey apikeys xapikey apikeyid apisecretkey appkey secretkey secretaccesskey accesskey accesskeyid privatekey',
    'privatekeypem rsaprivatekey sshkey sshprivatekey signingkey encryptionkey masterkey sharedkey accountkey',
    'hmackey deploykey subscriptionkey ocpapimsubscriptionkey awssecretaccesskey awssecretkey',
    'awsaccesskeyid stripesecretkey openaiapikey anthropicapikey googleapikey geminiapikey azureapikey',
    'azureopenaiapikey mistralapikey groqapikey seedphrase mnemonic recoveryphrase',
    // HTTP and connections
    'authorization proxyauthorization xauthorization auth credential credentials creds cookie cookies setcookie',
    'sessioncookie phpsessid jsessionid connectionstring',
    // cards, accounts, persons
    'creditcard creditcardnumber debitcard cardnumber cardno ccnumber ccnum cvv cvv2 cvc cvc2 cardcvc',
    'securitycode cardsecuritycode pin pinnumber cardpin iban accountnumber bankaccount',
    'bankaccountnumber routingnumber ssn socialsecuritynumber socialsecurity nationalid taxid passportnumber',
    'driverslicense drivinglicence driverslicensenumber dateofbirth dob birthdate phone phonenumber telephone',
    'mobilenumber mobilephone cellphone',
  ].flatMap((line) => line.split(' ')),
);

/** Of use only as the name of a query parameter: elsewhere a signature is nothing secret. */
const SENSITIVE_PARAMETERS = new Set(
  'sig signature xamzsignature xamzcredential xgoogsignature xgoogcredential awsaccesskeyid'.split(' '),
);

/**
 * Whether the value under `key` is a secret by its name alone. The whole key counts, in any case and with any
 * separators: `api_key`, `apiKey` and `API-KEY` are one; `monkey`, `author`, `tokenizer` and `maxTokens` are none.
 */
export function isSensitiveKey(key: string): boolean {
  return key.length <= MAX_KEY_LENGTH && SENSITIVE_KEYS.has(normalise(key));
}

/** The same for the name of a URL's query parameter, where signatures are secrets too. */
export function isSensitiveParameter(name: string): boolean {
  return isSensitiveKey(name) || (name.length <= MAX_KEY_LENGTH && SENSITIVE_PARAMETERS.has(normalise(name)));
}

function normalise(key: string): string {
  const lower = key.toLowerCase();
  return /^[a-z0-9]*$/.test(lower) ? lower : lower.replace(/[^\p{L}\p{N}]+/gu, '');
}
