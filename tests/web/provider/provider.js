// An OpenID provider with one client and people who are what they type: node provider.js PORT BACK
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "banjie", client_secret: "secret", redirect_uris: [back] }],
  pkce: { required: () => true },
  claims: { openid: ["sub"], profile: ["preferred_username"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["key"] },
  // "zhang:2" is another person whom the county also calls zhang
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id.split(":")[0] }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
