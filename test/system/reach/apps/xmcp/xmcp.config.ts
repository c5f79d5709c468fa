export default { stdio: true };
