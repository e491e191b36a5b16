// Says in words when a passkey was not found or not confirmed; the library would only write to the console.
(() => {
  const says = document.getElementById("passkey-says");
  if (!says) return;
  if (!window.PublicKeyCredential) says.textContent = says.dataset.missing;
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    says.dataset.state = "failed";
    says.textContent = says.dataset.failed;
  });
})();
