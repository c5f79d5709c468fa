export default { stdio: true, paths: { prompts: false, resources: false } };
