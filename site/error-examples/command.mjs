export const commandExamples = {
  ERR_USAGE: {
    provokes: `nexmo-auth jwt create --tll 1h`,
    avoids: `nexmo-auth jwt create --ttl 1h`,
  },
  ERR_FILE_UNREADABLE: {
    provokes: `nexmo-auth keys check ./privat.key`,
    avoids: `nexmo-auth keys check ./private.key`,
  },
  ERR_FILE_UNWRITABLE: {
    provokes: `nexmo-auth jwt create --out no-such-folder/token.txt`,
    avoids: `mkdir -p tokens
nexmo-auth jwt create --out tokens/token.txt`,
  },
  ERR_FILE_EXISTS: {
    provokes: `nexmo-auth keys generate --out private.key`,
    avoids: `nexmo-auth keys generate --out next.key`,
  },
  ERR_FILE_INVALID: {
    provokes: `echo '{"paths":{"/*/users/**":{}}' > half.json
nexmo-auth jwt create --acl half.json`,
    avoids: `echo '{"paths":{"/*/users/**":{}}}' > acl.json
nexmo-auth jwt create --acl acl.json`,
  },
  ERR_NOT_EXPLAINED: {
    provokes: `echo '{"count":0}' | nexmo-auth explain -`,
    avoids: `echo '{"type":"jwt-expired"}' | nexmo-auth explain -`,
  },
  ERR_NETWORK: {
    provokes: `nexmo-auth request account --url http://127.0.0.1:1`,
    avoids: `nexmo-auth request account --url "$SANDBOX_URL"`,
  },
};
