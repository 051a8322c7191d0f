// The link in an e-mail carries reference and secret code after "#", which no server and no proxy ever sees.
// Here they are put into the fields; pressing the button stays with the person. Without a script one types them.
const shown = /^#([0-9A-Za-z-]{10,14})\.([0-9A-Za-z-]{12,16})$/.exec(location.hash);
if (shown) {
  document.getElementById("reference").value = shown[1];
  document.getElementById("secret").value = shown[2];
  history.replaceState(null, "", location.pathname);
  document.querySelector("main form .button").focus();
}
