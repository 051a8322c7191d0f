// The link of an invitation carries its code after "#", which no server and no proxy ever sees.
// Here it is put into the field; pressing the button stays with the person. Without a script one types it.
const shown = /^#([0-9A-Za-z]{20,40})$/.exec(location.hash);
if (shown) {
  document.getElementById("code").value = shown[1];
  history.replaceState(null, "", location.pathname);
  document.querySelector("main form .button").focus();
}
